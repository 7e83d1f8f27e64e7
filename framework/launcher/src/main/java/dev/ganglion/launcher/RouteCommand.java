package dev.ganglion.launcher;

import picocli.CommandLine.Command;

/** {@code ganglion route}: routes of the container that runs. */
@Command(
        name = "route",
        mixinStandardHelpOptions = true,
        subcommands = {RouteListCommand.class},
        synopsisSubcommandLabel = "COMMAND",
        description = {"Shows the routes of the running container.", ""})
final class RouteCommand {}
