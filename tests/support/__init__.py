"""What tests share: databases made from a template, the cast, browsers."""
