"""The same functions as the command line, over HTTP, for other tools. Needs the extra `service`."""
