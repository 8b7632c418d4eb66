"""Pages of the registry: fetch in scope, bind the form, call one service, answer."""
