"""Hosts of pull requests: GitHub, GitLab, and Gitea or Forgejo, through their HTTP APIs."""
