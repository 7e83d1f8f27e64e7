package dev.ganglion.it.bench;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Starts the command on a folder of sounds that are played in real time, all at once, through one
 * route that listens for keywords, and looks from outside at what each stream costs.
 *
 * <p>The sounds are the recorded digits of {@code routes/keyword-relay} in random order with
 * silence between them. The steps of half a minute of a thousand streams are 1.5 million.
 */
public final class Streams {
    private static final int RATE_HZ = 8_000;
    private static final int SOUNDS = 16;
    private static final int WAV_HEADER_BYTES = 44;
    private static final int WARM_SECONDS = 12;
    private static final int STARTING_SECONDS = 30;
    private static final int CLOCK_TICKS = 100;
    private static final long LOOK_MILLIS = 200;

    private final Path folder;
    private final int seconds;
    private final List<String> javaOptions;
    private double fewMegabytes = Double.NaN;
    private int few;

    private Streams(Path folder, int seconds, List<String> javaOptions) {
        this.folder = folder;
        this.seconds = seconds;
        this.javaOptions = javaOptions;
    }

    /** Takes the seconds that are measured and the numbers of streams. */
    public static void main(String[] arguments) throws Exception {
        // Thousands of small reads a second: a slow disk is not what is measured.
        Path memory = Path.of("/dev/shm");
        Path folder =
                Files.isWritable(memory)
                        ? Files.createTempDirectory(memory, "ganglion-bench")
                        : Files.createTempDirectory("ganglion-bench");
        try {
            String options = System.getProperty("bench.javaOptions", "");
            Streams streams =
                    new Streams(
                            folder,
                            Integer.parseInt(arguments[0]),
                            options.isBlank() ? List.of() : List.of(options.split(" ")));
            streams.prepare();
            for (String count : Arrays.asList(arguments).subList(1, arguments.length)) {
                streams.run(Integer.parseInt(count));
            }
        } finally {
            Bench.delete(folder);
        }
    }

    private void prepare() throws IOException {
        List<byte[]> words = new ArrayList<>();
        Path clips = Bench.kitchenCommands().resolveSibling("keyword-relay").resolve("clips");
        try (Stream<Path> files = Files.list(clips)) {
            for (Path file : files.sorted().toList()) {
                byte[] wav = Files.readAllBytes(file);
                words.add(Arrays.copyOfRange(wav, WAV_HEADER_BYTES, wav.length));
            }
        }
        Random random = new Random(1);
        int bytes = 2 * RATE_HZ * (STARTING_SECONDS + WARM_SECONDS + seconds);
        for (int i = 0; i < SOUNDS; i++) {
            ByteArrayOutputStream sound = new ByteArrayOutputStream();
            while (sound.size() < bytes) {
                sound.write(new byte[2 * (RATE_HZ / 4 + random.nextInt(RATE_HZ))]);
                sound.write(words.get(random.nextInt(words.size())));
            }
            Files.write(
                    folder.resolve("sound" + i), wav(Arrays.copyOf(sound.toByteArray(), bytes)));
        }
        Files.writeString(
                folder.resolve("streams.camel.yaml"),
                """
                - route:
                    id: streams
                    from:
                      uri: sense:audio
                      parameters:
                        path: "{{input}}"
                        pace: realtime
                        parallel: "{{count}}"
                        leadMillis: 0
                        trailMillis: 0
                        threads: 2
                        queue: 1000
                        whenFull: drop-oldest
                      steps:
                        - to: encode:logmel
                        - to: infer:kws-digits?batch={{batch}}
                        - to: decide:labels?refractoryMillis=500
                """);
        System.out.printf("load average before: %s%n", Bench.load());
        System.out.printf(
                "%8s %9s %9s %9s %9s %12s %9s %11s %10s %9s%n",
                "streams",
                "steps/s",
                "dropped",
                "p50 us",
                "p99 us",
                "cpu % of one",
                "us/step",
                "cpu %/stream",
                "RSS MB",
                "KB/stream");
    }

    private static byte[] wav(byte[] samples) {
        ByteBuffer wav =
                ByteBuffer.allocate(WAV_HEADER_BYTES + samples.length)
                        .order(ByteOrder.LITTLE_ENDIAN);
        wav.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + samples.length);
        wav.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
        wav.putShort((short) 1).putShort((short) 1).putInt(RATE_HZ).putInt(2 * RATE_HZ);
        wav.putShort((short) 2).putShort((short) 16);
        wav.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(samples.length).put(samples);
        return wav.array();
    }

    private void run(int count) throws IOException, InterruptedException {
        Path sounds = Files.createDirectories(folder.resolve("sounds" + count));
        for (int i = 0; i < count; i++) {
            Files.createSymbolicLink(
                    sounds.resolve(String.format(Locale.ROOT, "stream%05d.wav", i)),
                    folder.resolve("sound" + i % SOUNDS));
        }
        Path log = folder.resolve("log" + count);
        Process process =
                command(
                                "run",
                                folder.resolve("streams.camel.yaml").toString(),
                                "--json",
                                "--set",
                                "input=" + sounds,
                                "--set",
                                "count=" + count,
                                "--set",
                                "batch=" + Integer.getInteger("bench.batch", 1))
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            Map<?, ?> begun = awaitSamples(process, log);
            TimeUnit.SECONDS.sleep(WARM_SECONDS);
            Map<?, ?> before = begun.isEmpty() ? begun : look();
            long ticksBefore = ticks(process);
            long startNanos = System.nanoTime();
            TimeUnit.SECONDS.sleep(seconds);
            long ticks = ticks(process) - ticksBefore;
            double took = (System.nanoTime() - startNanos) / 1e9;
            Map<?, ?> after = look();
            row(count, process, before, after, ticks, took);
        } finally {
            process.destroy();
            process.waitFor();
        }
    }

    private void row(
            int count, Process process, Map<?, ?> before, Map<?, ?> after, long ticks, double took)
            throws IOException {
        double samples = number(after.get("samples")) - number(before.get("samples"));
        double megabytes = residentMegabytes(process);
        double cpuSeconds = (double) ticks / CLOCK_TICKS;
        if (Double.isNaN(fewMegabytes)) {
            fewMegabytes = megabytes;
            few = count;
        }
        System.out.printf(
                Locale.ROOT,
                "%8d %9.0f %9.0f %9s %9s %12.1f %9.1f %11.3f %10.1f %9s%n",
                count,
                samples / took,
                number(after.get("dropped")) - number(before.get("dropped")),
                sample(after.get("microsP50")),
                sample(after.get("microsP99")),
                100 * cpuSeconds / took,
                1e6 * cpuSeconds / samples,
                100 * cpuSeconds / took / count,
                megabytes,
                count == few
                        ? "-"
                        : String.format(
                                Locale.ROOT,
                                "%.1f",
                                1000 * (megabytes - fewMegabytes) / (count - few)));
    }

    private static Object sample(@Nullable Object micros) {
        return micros instanceof Map<?, ?> stages && stages.get("sample") != null
                ? stages.get("sample")
                : "-";
    }

    private Map<?, ?> awaitSamples(Process process, Path log)
            throws IOException, InterruptedException {
        for (int i = 0; i < STARTING_SECONDS * 1000 / LOOK_MILLIS; i++) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            if (!process.isAlive()) {
                break;
            }
            Map<?, ?> seen = look();
            if (number(seen.get("samples")) > 0) {
                return seen;
            }
        }
        throw new IOException("no sample came through the route: " + Files.readString(log));
    }

    /**
     * {@return what {@code ganglion top} says about the route; empty while none runs} Asked of the
     * control socket, because the start of another Java would disturb what is measured.
     */
    private Map<?, ?> look() throws IOException {
        Path socket = folder.resolve("var").resolve("control.sock");
        if (!Files.exists(socket)) {
            return Map.of();
        }
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                BufferedReader answers =
                        new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8))) {
            channel.write(StandardCharsets.UTF_8.encode("{\"command\":\"top\"}\n"));
            String said = answers.readLine();
            return said != null
                            && JSON.std.mapFrom(said).get("routes") instanceof List<?> routes
                            && !routes.isEmpty()
                            && routes.get(0) instanceof Map<?, ?> route
                    ? route
                    : Map.of();
        } catch (ConnectException notYet) {
            return Map.of();
        }
    }

    private ProcessBuilder command(String... words) {
        List<String> command = new ArrayList<>();
        command.add(Bench.image().resolve("bin").resolve("ganglion").toString());
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("GANGLION_VAR", folder.resolve("var").toString());
        builder.environment().put("GANGLION_JAVA_OPTS", String.join(" ", javaOptions));
        return builder;
    }

    private static double number(@Nullable Object value) {
        return value instanceof Number number ? number.doubleValue() : 0;
    }

    private static long ticks(Process process) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    private static double residentMegabytes(Process process) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1e6;
            }
        }
        return Double.NaN;
    }
}
