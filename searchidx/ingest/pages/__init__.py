"""What an HTML page says of itself, and where in it the article stands."""

__all__ = ()
