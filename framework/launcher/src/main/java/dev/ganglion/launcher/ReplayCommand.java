package dev.ganglion.launcher;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ganglion replay}: a recording through its route, and whether the same comes of it. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = {
            "Runs a route again on what was recorded, as fast as it goes and on the clock of the recording, and compares"
                    + " what comes of it with what came of it then.",
            ""
        },
        footer = {
            "",
            "Devices are not opened: ranges and rates are checked, and what a device refused then it refuses again.",
            "The log has one line for each outcome: what must be equal, in the order of the inputs.",
            "Exit status: 0 when both logs are equal, else 1."
        })
final class ReplayCommand implements Callable<Integer> {
    private static final long LOOK_MILLIS = 20;
    private static final long WAITING_NANOS = 3_000_000_000L;
    private static final int HEADER_CHARACTERS = 1_000_000;

    @Parameters(paramLabel = "FILE", description = "The recording.")
    private Path file = Path.of("");

    @Option(
            names = "--route",
            paramLabel = "PATH",
            description = "The route file; the one that was recorded unless given.")
    private @Nullable Path route;

    @Option(
            names = "--log",
            paramLabel = "OUT",
            description = "Writes the log into a file; to standard output unless given.")
    private @Nullable Path log;

    @Option(
            names = "--json",
            description = "Prints the result as one JSON object, after the log if that is printed.")
    private boolean json;

    @Option(
            names = "--changed",
            description =
                    "Takes another route file or other models than those that were recorded, to see what differs.")
    private boolean changed;

    @Option(
            names = "--act",
            description = "Opens the devices and has them act, and lets other steps reach outside.")
    private boolean act;

    @Override
    public Integer call() throws Exception {
        Map<String, Object> header = header(file);
        Path given = route;
        Path routeFile =
                (given == null ? Path.of(String.valueOf(header.get("file"))) : given)
                        .toAbsolutePath()
                        .normalize();
        if (!Files.isRegularFile(routeFile)) {
            throw new IOException(
                    "the route file "
                            + routeFile
                            + " of the recording "
                            + file
                            + " is not there; name it with --route");
        }
        try (Container container = Container.take()) {
            container
                    .set("ganglion.routes", routeFile.toString())
                    .set("ganglion.replay", file.toAbsolutePath().normalize().toString())
                    .set("ganglion.replay.act", Boolean.toString(act))
                    .set("ganglion.replay.changed", Boolean.toString(changed));
            if (header.get("set") instanceof Map<?, ?> set) {
                container.set(
                        "ganglion.set",
                        String.join(",", set.keySet().stream().map(String::valueOf).toList()));
                set.forEach(
                        (name, value) ->
                                container.set("ganglion.set." + name, String.valueOf(value)));
            }
            container.start(event -> {});
            container.problems().forEach(problem -> System.err.println("ganglion: " + problem));
            return ended(await(container));
        }
    }

    /** {@return the first line of a recording, which says where its route is} */
    static Map<String, Object> header(Path recording) throws IOException {
        if (!Files.isRegularFile(recording)) {
            throw new IOException(
                    "there is no recording "
                            + recording.toAbsolutePath()
                            + "; make one with 'ganglion record ROUTE --to FILE'");
        }
        try (BufferedReader lines = Files.newBufferedReader(recording, StandardCharsets.UTF_8)) {
            StringBuilder line = new StringBuilder();
            for (int next = lines.read();
                    next >= 0 && next != '\n' && line.length() < HEADER_CHARACTERS;
                    next = lines.read()) {
                line.append((char) next);
            }
            @Nullable Map<String, Object> header = JSON.std.mapFrom(line.toString());
            if (header != null && "recording".equals(header.get("ganglion"))) {
                return header;
            }
        } catch (IOException noJson) {
            throw noRecording(recording, noJson);
        }
        throw noRecording(recording, null);
    }

    private static IOException noRecording(Path file, @Nullable Throwable cause) {
        return new IOException(
                file
                        + " is no recording: its first line is not {\"ganglion\":\"recording\",…}; make one"
                        + " with 'ganglion record ROUTE --to FILE'",
                cause);
    }

    /** Looks until the recording was replayed, or cannot be. */
    private static Map<?, ?> await(Container container) throws IOException, InterruptedException {
        @SuppressWarnings("unchecked") // the container offers a supplier of maps under this name
        Supplier<Map<String, Object>> status = container.command(Supplier.class, "status");
        if (status == null) {
            throw new IOException(
                    "the container started without routes; 'ganglion doctor' says why");
        }
        long waitingSince = System.nanoTime();
        while (true) {
            Map<String, Object> now = status.get();
            if (now.get("replay") instanceof Map<?, ?> replay
                    && Boolean.TRUE.equals(replay.get("done"))) {
                return replay;
            }
            String sentence = String.valueOf(now.get("problem"));
            String state = "";
            for (Map<?, ?> each : AskingCommand.objects(now.get("routes"))) {
                state = String.valueOf(each.get("state"));
                sentence = String.valueOf(each.get("sentence"));
            }
            long nowNanos = System.nanoTime();
            waitingSince = state.equals("running") ? nowNanos : waitingSince;
            boolean hopeless =
                    state.equals("broken")
                            || state.equals("waiting") && nowNanos - waitingSince > WAITING_NANOS
                            || state.isEmpty() && !sentence.isEmpty();
            if (Boolean.TRUE.equals(now.get("ready")) && hopeless) {
                throw new IOException(sentence);
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    private int ended(Map<?, ?> replay) throws IOException {
        Path to = log;
        if (replay.get("log") instanceof List<?> lines) {
            StringBuilder text = new StringBuilder();
            lines.forEach(line -> text.append(line).append('\n'));
            if (to == null) {
                System.out.print(text);
                System.out.flush();
            } else {
                Files.writeString(to, text);
            }
        }
        for (String about : List.of("sentence", "torn")) {
            Object sentence = replay.get(about);
            if (sentence != null && !"".equals(sentence)) {
                System.err.println("ganglion: " + sentence);
            }
        }
        if (json) {
            Map<String, Object> result = new LinkedHashMap<>();
            replay.forEach((key, value) -> result.put(String.valueOf(key), value));
            result.remove("log");
            System.out.println(JSON.std.asString(result));
        } else {
            // Standard output is the log's, unless that goes into a file.
            print(replay, to == null ? System.err : System.out);
        }
        return Boolean.TRUE.equals(replay.get("equal")) ? 0 : 1;
    }

    /** Prints how it went. */
    static void print(Map<?, ?> replay, PrintStream out) {
        boolean equal = Boolean.TRUE.equals(replay.get("equal"));
        out.println(
                replay.get("inputs")
                        + " inputs, "
                        + replay.get("decisions")
                        + " decisions, "
                        + replay.get("actions")
                        + " actions: "
                        + (equal ? "equal" : "not equal"));
        if (replay.get("recorded") != null) {
            out.println("first difference:");
            out.println("  recorded: " + or(replay.get("recorded")));
            out.println("  replayed: " + or(replay.get("replayed")));
        }
    }

    private static Object or(@Nullable Object line) {
        return line == null || "".equals(line) ? "(nothing more)" : line;
    }
}
