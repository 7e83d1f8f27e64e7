package dev.ganglion.launcher;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ganglion top}: routes and models of the container that runs, again and again. */
@Command(
        name = "top",
        mixinStandardHelpOptions = true,
        description = {
            "Shows what the running container does: each route with its rate and the latency of each stage, each model"
                    + " in memory. Ctrl-C ends it; the container runs on.",
            ""
        },
        footer = {
            "",
            "Latencies are of the last whole 10 seconds, or since the start when nothing was decided in them.",
            "Exit status: 0, or 1 when no container runs."
        })
final class TopCommand extends AskingCommand {
    private static final double SHORTEST_SECONDS = 0.1;
    private static final List<String> STAGES = List.of("encode", "infer", "decide", "act", "total");
    private static final String WHOLE_SCREEN = "\033[2J";
    private static final String HOME = "\033[H";
    private static final String REST_OF_LINE = "\033[K";
    private static final String REST_OF_SCREEN = "\033[J";

    @Spec private @Nullable CommandSpec spec;

    @Option(names = "--once", description = "Shows it once and ends.")
    private boolean once;

    @Option(
            names = "--interval",
            paramLabel = "SECONDS",
            description =
                    "The time between two looks, 1 unless given. With --json there is one look unless it is given.")
    private @Nullable Double intervalSeconds;

    @Override
    Map<String, Object> request() {
        return Map.of("command", "top");
    }

    @Override
    public Integer call() throws Exception {
        Double given = intervalSeconds;
        double seconds = given == null ? 1 : given;
        CommandSpec command = spec;
        if (!(seconds >= SHORTEST_SECONDS) && command != null) {
            throw new ParameterException(
                    command.commandLine(),
                    "--interval: at least "
                            + SHORTEST_SECONDS
                            + " seconds expected, "
                            + given
                            + " found");
        }
        boolean repeats = !once && (!json() || given != null);
        boolean redraws = repeats && !json() && isTerminal();
        System.out.print(redraws ? WHOLE_SCREEN : "");
        while (true) {
            Map<String, Object> answer = ask(request());
            if (redraws) {
                redraw(answer);
            } else {
                show(answer);
            }
            // Whoever reads it may have gone, such as head.
            if (!repeats || System.out.checkError()) {
                return 0;
            }
            TimeUnit.MILLISECONDS.sleep(Math.round(seconds * 1000));
            System.out.print(redraws || json() ? "" : System.lineSeparator());
        }
    }

    /** Standard output is a terminal; Java's own console wants the input to be one, too. */
    private static boolean isTerminal() {
        try {
            String output = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
            return output.startsWith("/dev/pts/")
                    || output.startsWith("/dev/tty")
                    || output.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException notLinux) {
            return false;
        }
    }

    /** Over what stands there, and not after wiping it: a screen that is wiped flickers. */
    private void redraw(Map<String, Object> answer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        print(answer, new PrintStream(bytes, true, StandardCharsets.UTF_8));
        StringBuilder screen = new StringBuilder(HOME);
        bytes.toString(StandardCharsets.UTF_8)
                .lines()
                .forEach(line -> screen.append(line).append(REST_OF_LINE).append('\n'));
        System.out.print(screen.append(REST_OF_SCREEN));
        System.out.flush();
    }

    @Override
    void print(Map<String, Object> answer, PrintStream out) {
        out.println(
                "up "
                        + duration(number(answer.get("uptimeMillis")) / 1000)
                        + ", memory "
                        + TextTable.megabytes(answer.get("rssBytes"))
                        + " MB; latencies: p50/p99 in microseconds");
        out.println();
        TextTable routes =
                new TextTable(
                        "ROUTE",
                        "STATE",
                        "MESSAGES",
                        "FAILED",
                        "PER S",
                        "ENCODE",
                        "INFER",
                        "DECIDE",
                        "ACT",
                        "TOTAL");
        objects(answer.get("routes")).forEach(route -> add(routes, route));
        print(routes, "no route is there", out);
        objects(answer.get("routes")).stream()
                .map(route -> String.valueOf(route.get("sentence")))
                .filter(sentence -> !sentence.isEmpty())
                .distinct()
                .forEach(out::println);
        out.println();
        print(ModelTable.of(objects(answer.get("models"))), "no model is in memory", out);
    }

    private static void print(TextTable table, String otherwise, PrintStream out) {
        if (table.isEmpty()) {
            out.println(otherwise);
        } else {
            table.print(out);
        }
    }

    private static void add(TextTable table, Map<?, ?> route) {
        Object rate = route.get("perSecond");
        table.row(
                RouteListCommand.name(route),
                route.get("state"),
                route.get("messages"),
                route.get("failed"),
                rate instanceof Number number
                        ? String.format(Locale.ROOT, "%.1f", number.doubleValue())
                        : "",
                latency(route, STAGES.get(0)),
                latency(route, STAGES.get(1)),
                latency(route, STAGES.get(2)),
                latency(route, STAGES.get(3)),
                latency(route, STAGES.get(4)));
    }

    private static String latency(Map<?, ?> route, String stage) {
        return route.get("microsP50") instanceof Map<?, ?> p50
                        && route.get("microsP99") instanceof Map<?, ?> p99
                        && p50.get(stage) != null
                ? p50.get(stage) + "/" + p99.get(stage)
                : "-";
    }

    /** {@return seconds as people say them, in the two largest units} */
    static String duration(long seconds) {
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + " min " + seconds % 60 + " s";
        }
        return seconds < 86_400
                ? seconds / 3600 + " h " + seconds / 60 % 60 + " min"
                : seconds / 86_400 + " d " + seconds / 3600 % 24 + " h";
    }
}
