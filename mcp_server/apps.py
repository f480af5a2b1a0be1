from base.apps import ProjectAppConfig


class McpServerConfig(ProjectAppConfig):
    name = "mcp_server"
    other_registering_modules = ("tools.search", "tools.memories")
