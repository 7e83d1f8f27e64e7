package dev.ganglion.launcher;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/**
 * The command {@code ganglion}. Exit status: 0 done, 1 something failed, 2 the command was not
 * understood.
 */
@Command(
        name = "ganglion",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = {
            RunCommand.class,
            StartCommand.class,
            ReplayCommand.class,
            DoctorCommand.class,
            EncodeCommand.class,
            TopCommand.class,
            RecordCommand.class,
            WhySlowCommand.class,
            ConfirmCommand.class,
            UndoCommand.class,
            AuditCommand.class,
            ModelCommand.class,
            PluginCommand.class,
            RouteCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Turns what is sensed into actions, on this device, with models and plug-ins that are replaced while it runs.",
            ""
        },
        footer = {
            "",
            "For example:",
            "  ganglion run routes/kitchen-commands                              the recorded commands",
            "  echo \"turn on the kitchen lights\" | \\",
            "    ganglion run routes/kitchen-commands --set input=-              your own",
            "  ganglion top                              in a second terminal: what it does",
            "  ganglion COMMAND --help                                           more about a command"
        })
public final class Main {
    private static final List<String> SERVING = List.of("run", "start");
    private static final List<String> STARTING =
            List.of("run", "start", "replay", "doctor", "encode");
    private static final List<String> ASKING =
            List.of(
                    "top",
                    "record",
                    "why-slow",
                    "confirm",
                    "undo",
                    "audit",
                    "model",
                    "plugin",
                    "route");
    private static final List<String> HELP = List.of("-h", "--help", "-V", "--version");

    Main() {}

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"ganglion " + (version == null ? "(development)" : version)};
        }
    }

    /** Runs a command and ends the process with its status. */
    public static void main(String[] arguments) {
        List<String> words = List.of(arguments);
        if (!words.isEmpty()
                && STARTING.contains(words.get(0))
                && words.stream().noneMatch(HELP::contains)) {
            Container.prepare(SERVING.contains(words.get(0)));
        }
        CommandLine commands =
                commandLine(words)
                        .setExecutionExceptionHandler(
                                (e, command, parsed) -> {
                                    command.getErr().println("ganglion: " + message(e));
                                    if (System.getenv("GANGLION_TRACE") != null) {
                                        e.printStackTrace(command.getErr());
                                    }
                                    return 1;
                                });
        if (arguments.length == 0) {
            commands.usage(System.out);
            System.exit(2);
        }
        int status =
                commands.execute(
                        alone(words)
                                ? words.subList(1, words.size()).toArray(String[]::new)
                                : arguments);
        Container.discard();
        System.exit(status);
    }

    /** Whether the words name a command that can be read without the others. */
    private static boolean alone(List<String> words) {
        return !words.isEmpty()
                && (STARTING.contains(words.get(0)) || ASKING.contains(words.get(0)));
    }

    /** A command without its siblings: to read those by reflection costs the start a tenth. */
    private static CommandLine commandLine(List<String> words) {
        if (!alone(words)) {
            return new CommandLine(new Main());
        }
        Object command =
                switch (words.get(0)) {
                    case "run" -> new RunCommand();
                    case "start" -> new StartCommand();
                    case "replay" -> new ReplayCommand();
                    case "record" -> new RecordCommand();
                    case "doctor" -> new DoctorCommand();
                    case "encode" -> new EncodeCommand();
                    case "top" -> new TopCommand();
                    case "why-slow" -> new WhySlowCommand();
                    case "confirm" -> new ConfirmCommand();
                    case "undo" -> new UndoCommand();
                    case "audit" -> new AuditCommand();
                    case "model" -> new ModelCommand();
                    case "plugin" -> new PluginCommand();
                    default -> new RouteCommand();
                };
        return new CommandLine(command).setCommandName("ganglion " + words.get(0));
    }

    private static String message(Throwable e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }
}
