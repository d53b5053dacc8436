//! Live checks over DNS, HTTPS and SMTP, as a stranger would make them.
