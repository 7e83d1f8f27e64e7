package dev.ganglion.launcher;

import picocli.CommandLine.Command;

/** {@code ganglion plugin}: plug-ins of the container that runs. */
@Command(
        name = "plugin",
        mixinStandardHelpOptions = true,
        subcommands = {PluginListCommand.class},
        synopsisSubcommandLabel = "COMMAND",
        description = {"Shows the plug-ins of the running container.", ""})
final class PluginCommand {}
