package dev.ganglion.launcher;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ganglion record}: a route of the container that runs into a file. */
@Command(
        name = "record",
        mixinStandardHelpOptions = true,
        description = {
            "Records what a running route takes up, and what comes of it, into one file, until Ctrl-C, --seconds,"
                    + " --messages or --stop. The file can be read by its owner alone; it holds all that the sensor gave.",
            ""
        },
        footer = {
            "",
            "An utterance that is under way when it begins is recorded from there on only, and may come out otherwise in"
                    + " the replay.",
            "Exit status: 0, or 1 when no container or no such route runs, or the recording broke off."
        })
final class RecordCommand extends AskingCommand {
    private static final long LOOK_MILLIS = 100;

    @Spec private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "ROUTE", description = "The id of the route, as 'top' shows it.")
    private String route = "";

    @Option(
            names = "--to",
            paramLabel = "FILE",
            description = "The file to record into; begins a recording.")
    private @Nullable Path to;

    @Option(names = "--overwrite", description = "Replaces a file that is there already.")
    private boolean overwrite;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "Ends the recording after this time.")
    private @Nullable Double seconds;

    @Option(
            names = "--messages",
            paramLabel = "N",
            description = "Ends the recording after so many inputs, or a few more.")
    private @Nullable Long messages;

    @Option(names = "--stop", description = "Ends the recording that is under way.")
    private boolean stop;

    @Override
    Map<String, Object> request() {
        Map<String, Object> request = about();
        Path file = to;
        if (file != null) {
            request.put("to", file.toAbsolutePath().normalize().toString());
            request.put("overwrite", overwrite);
        } else if (stop) {
            request.put("stop", true);
        }
        return request;
    }

    private Map<String, Object> about() {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("command", "record");
        request.put("route", route);
        return request;
    }

    @Override
    public Integer call() throws Exception {
        refuseNonsense();
        Map<String, Object> answer = ask(request());
        if (to == null) {
            show(answer);
            return 0;
        }
        if (!json()) {
            System.err.println(
                    "ganglion: route " + route + " is recorded into " + answer.get("file"));
        }
        AtomicBoolean stopped = new AtomicBoolean();
        Thread hook = new Thread(() -> interrupted(stopped), "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        long endNanos = seconds == null ? 0 : System.nanoTime() + (long) (seconds * 1e9);
        while (Boolean.TRUE.equals(answer.get("recording"))
                && (endNanos == 0 || System.nanoTime() < endNanos)
                && (messages == null || number(answer.get("inputs")) < messages)) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            answer = ask(about());
        }
        boolean broke = !Boolean.TRUE.equals(answer.get("recording"));
        if (stopped.compareAndSet(false, true)) {
            Runtime.getRuntime().removeShutdownHook(hook);
            show(broke ? answer : ask(stopping()));
        }
        return broke ? 1 : 0;
    }

    private Map<String, Object> stopping() {
        Map<String, Object> request = about();
        request.put("stop", true);
        return request;
    }

    private void interrupted(AtomicBoolean stopped) {
        if (stopped.compareAndSet(false, true)) {
            try {
                show(ask(stopping()));
            } catch (IOException e) {
                System.err.println("ganglion: " + e.getMessage());
            }
        }
    }

    private void refuseNonsense() {
        CommandSpec command = spec;
        String wrong =
                to != null && stop
                        ? "--stop ends a recording and --to begins one: give one of them"
                        : to == null && (overwrite || seconds != null || messages != null)
                                ? "--overwrite, --seconds and --messages belong to a recording that begins:"
                                        + " give --to FILE, too"
                                : seconds != null && !(seconds > 0)
                                        ? "--seconds: more than 0 expected, " + seconds + " found"
                                        : messages != null && messages < 1
                                                ? "--messages: 1 or more expected, "
                                                        + messages
                                                        + " found"
                                                : "";
        if (!wrong.isEmpty() && command != null) {
            throw new ParameterException(command.commandLine(), wrong);
        }
    }

    @Override
    void print(Map<String, Object> answer, PrintStream out) {
        boolean recording = Boolean.TRUE.equals(answer.get("recording"));
        out.println(
                answer.get("inputs")
                        + " inputs of route "
                        + answer.get("route")
                        + " in "
                        + answer.get("file")
                        + ", "
                        + number(answer.get("bytes"))
                        + " bytes"
                        + (recording ? "; it goes on" : ": " + answer.get("why")));
    }
}
