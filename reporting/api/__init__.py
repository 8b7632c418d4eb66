"""Reporting for integrators: the same scope, services and row objects as the pages."""
