"""The files that clients send us and we keep for them: received, checked, kept, sealed."""
