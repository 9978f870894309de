"""RFC 6962 trees and C2SP notes and checkpoints: bytes only."""
