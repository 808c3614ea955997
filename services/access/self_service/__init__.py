"""What people do with their own account: register, confirm addresses, choose passwords, export, close."""
