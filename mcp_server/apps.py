from base.apps import ProjectAppConfig


class McpServerConfig(ProjectAppConfig):
    name = "mcp_server"
    other_registering_modules = (
        *("tools.search", "tools.conversations", "tools.memories", "tools.cards", "tools.goals"),
        *("resources", "prompts"),
    )
