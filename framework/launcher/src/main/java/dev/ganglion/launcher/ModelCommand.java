package dev.ganglion.launcher;

import picocli.CommandLine.Command;

/** {@code ganglion model}: models of the container that runs. */
@Command(
        name = "model",
        mixinStandardHelpOptions = true,
        subcommands = {
            ModelListCommand.class,
            ModelShowCommand.class,
            ModelSwapCommand.class,
            ModelPromoteCommand.class,
            ModelRollbackCommand.class,
            ModelEngineCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        description = {"Shows and replaces the models of the running container.", ""})
final class ModelCommand {}
