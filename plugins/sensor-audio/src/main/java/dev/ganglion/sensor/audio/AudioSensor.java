package dev.ganglion.sensor.audio;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.sense.Sensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;

/**
 * Hears WAV files, the WAV files of a folder, or a microphone: a {@code Sample<Tensor>} for each
 * block of samples at one rate, full scale 1, valid until the sink's method returns.
 *
 * <p>The stream is the file as it can be found from the folder in which the program was started,
 * absolute when it lies elsewhere or was given so; of a microphone it is the name of the device.
 * The sequence is the number of the block, from 1. {@code last} is true for the last block of a
 * file, which may be shorter; a microphone ends an utterance only when it goes away, by a block
 * that may be empty.
 */
@Component(service = Sensor.class)
public final class AudioSensor implements Sensor {
    /** So that a route's placeholder, which must have a value, can ask for it. */
    private static final String MICROPHONE = "microphone";

    private static final int LISTED_FILES = 5;
    private static final int MAXIMUM_RATE_HZ = 192_000;

    private final CaptureDevices devices;
    private final Clock clock;

    /** A sensor with the microphones of the machine. */
    public AudioSensor() {
        this(new JavaSound(), Clock.SYSTEM);
    }

    AudioSensor(CaptureDevices devices, Clock clock) {
        this.devices = devices;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "audio";
    }

    @Override
    public List<Parameter> options() {
        return List.of(
                Parameter.path("path")
                        .describedAs(
                                "a WAV file or a folder of them; without it, or as 'microphone',"
                                        + " the microphone is heard"),
                Parameter.text("device")
                        .describedAs(
                                "which microphone, by its name or a part of it; without it the one"
                                        + " that the system prefers"),
                Parameter.integer("sampleRateHz", "Hz", WavHeader.MINIMUM_RATE_HZ, MAXIMUM_RATE_HZ)
                        .withDefault("16000")
                        .describedAs("the rate of the samples that are given"),
                Parameter.choice("channel", List.of("mix", "left", "right"))
                        .withDefault("mix")
                        .describedAs("what becomes of several channels"),
                Parameter.integer("blockMillis", "ms", 1, 10_000)
                        .withDefault("20")
                        .describedAs("how much sound a sample holds"),
                Parameter.choice("pace", List.of("asap", "realtime"))
                        .withDefault("asap")
                        .describedAs(
                                "whether files come as fast as they are taken, or as fast as they"
                                        + " were spoken"),
                Parameter.integer("parallel", "1", 1, 10_000)
                        .withDefault("1")
                        .describedAs("how many files of a folder at once"),
                Parameter.integer("leadMillis", "ms", 0, 60_000)
                        .withDefault("0")
                        .describedAs("silence before each file"),
                Parameter.integer("trailMillis", "ms", 0, 60_000)
                        .withDefault("0")
                        .describedAs("silence after each file"));
    }

    @Override
    public TensorSpec output(Options options) {
        return TensorSpec.of("audio", Tensor.Type.FLOAT32, "1", TensorSpec.ANY)
                .atRateHz(options.integer("sampleRateHz"));
    }

    @Override
    public AutoCloseable open(Options options, Sink sink) {
        int sampleRateHz = (int) options.integer("sampleRateHz");
        ChannelChoice channel =
                ChannelChoice.valueOf(options.text("channel").toUpperCase(Locale.ROOT));
        int blockSamples = (int) Math.max(1, options.integer("blockMillis") * sampleRateHz / 1_000);
        if (!options.has("path") || MICROPHONE.equals(options.text("path"))) {
            String device = options.has("device") ? options.text("device") : null;
            Microphone.Wish wish =
                    new Microphone.Wish(
                            options.owner(), device, sampleRateHz, channel, blockSamples);
            return new Microphone(wish, devices, sink, clock).start();
        }
        if (options.has("device")) {
            throw setup(
                    options,
                    "one of path and device was expected, found path="
                            + options.text("path")
                            + " and device="
                            + options.text("device")
                            + "; leave one out, or set path to "
                            + MICROPHONE,
                    null);
        }
        Path path = options.path("path");
        boolean absolute = Path.of(options.text("path")).isAbsolute();
        WavStream.Shared shared =
                new WavStream.Shared(
                        sampleRateHz,
                        channel,
                        options.integer("leadMillis"),
                        options.integer("trailMillis"));
        Playback.Plan plan =
                new Playback.Plan(
                        files(options, path),
                        file -> streamName(file, absolute),
                        shared,
                        "realtime".equals(options.text("pace")),
                        (int) options.integer("parallel"));
        if (!Files.isDirectory(path)) {
            check(options, path, plan);
        }
        return new Playback(path.toString(), plan, blockSamples, sink, clock).start();
    }

    /** A file that is all there is to play is refused before anything starts. */
    private static void check(Options options, Path file, Playback.Plan plan) {
        try {
            WavStream.open(file, plan.streamName().apply(file), plan.shared()).close();
        } catch (GanglionException bad) {
            throw setup(options, String.valueOf(bad.getMessage()), bad);
        }
    }

    private static List<Path> files(Options options, Path path) {
        if (!Files.exists(path)) {
            throw setup(
                    options,
                    "there is no file or folder '"
                            + options.text("path")
                            + "' at "
                            + path
                            + "; "
                            + whatIsThere(path.getParent())
                            + ", set path to something that is there, or leave it out for the"
                            + " microphone",
                    null);
        }
        if (Files.isRegularFile(path)) {
            return List.of(path);
        }
        if (!Files.isDirectory(path)) {
            throw setup(
                    options,
                    path
                            + " is neither a file nor a folder, and the length of a WAV file must"
                            + " be known beforehand; write it to a file first",
                    null);
        }
        try (Stream<Path> entries = Files.list(path)) {
            List<Path> files =
                    entries.filter(file -> isWav(file) && Files.isRegularFile(file))
                            .sorted()
                            .toList();
            if (files.isEmpty()) {
                throw setup(
                        options,
                        "a WAV file was expected in "
                                + path
                                + " and none is called *.wav; "
                                + whatIsThere(path)
                                + ", set path to a folder that has some",
                        null);
            }
            return files;
        } catch (IOException e) {
            throw setup(
                    options,
                    path
                            + " is there and cannot be read ("
                            + e
                            + "); give the user '"
                            + System.getProperty("user.name")
                            + "' the right to read it",
                    e);
        }
    }

    private static boolean isWav(Path file) {
        return file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".wav");
    }

    private static String streamName(Path file, boolean absolute) {
        Path here = Path.of("").toAbsolutePath();
        return (!absolute && file.startsWith(here) ? here.relativize(file) : file).toString();
    }

    private static String whatIsThere(@Nullable Path folder) {
        if (folder == null || !Files.isDirectory(folder)) {
            return "its folder is not there either";
        }
        try (Stream<Path> entries = Files.list(folder)) {
            List<String> names =
                    entries.map(entry -> entry.getFileName().toString()).sorted().toList();
            if (names.isEmpty()) {
                return "the folder is empty";
            }
            return "the folder has "
                    + names.stream().limit(LISTED_FILES).collect(Collectors.joining(", "))
                    + (names.size() > LISTED_FILES
                            ? " and " + (names.size() - LISTED_FILES) + " more"
                            : "");
        } catch (IOException notReadable) {
            return "its folder cannot be listed";
        }
    }

    private static GanglionException setup(
            Options options, String what, @Nullable Throwable cause) {
        return new GanglionException(
                GanglionException.Kind.SETUP, options.owner() + ": " + what, cause);
    }
}
