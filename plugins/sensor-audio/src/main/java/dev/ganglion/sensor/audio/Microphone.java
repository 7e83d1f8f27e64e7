package dev.ganglion.sensor.audio;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.sense.Sensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.sound.sampled.LineUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a device that records, until it is closed. When the device goes away, ends the utterance,
 * says so, and tries again every second.
 */
final class Microphone extends Reading {
    static final String DEFAULT_NAME = "microphone";

    private static final long RETRY_NANOS = 1_000_000_000;
    private static final int BUFFER_MILLIS = 500;

    /** What most devices work at, so that what they give was not resampled before. */
    private static final int NATIVE_RATE_HZ = 48_000;

    /**
     * What to open.
     *
     * @param owner for messages
     * @param device its name or a part of it; null for the one that the system prefers
     */
    record Wish(
            String owner,
            @Nullable String device,
            int sampleRateHz,
            ChannelChoice channel,
            int blockSamples) {}

    private final Wish wish;
    private final CaptureDevices devices;
    private final String stream;
    private volatile Capture capture;
    private long sequence;
    private boolean speaking;
    private boolean away;

    /**
     * Opens the device.
     *
     * @throws GanglionException of kind SETUP when it is not there or cannot do what is asked for
     */
    Microphone(Wish wish, CaptureDevices devices, Sensor.Sink sink, Clock clock) {
        super(
                wish.device() == null ? DEFAULT_NAME : wish.device(),
                sink,
                clock,
                wish.blockSamples());
        this.wish = wish;
        this.devices = devices;
        String device = find();
        this.stream = device == null ? DEFAULT_NAME : device;
        this.capture = connect(device);
    }

    /**
     * {@return the whole name of the one device that is meant, null for the system's; another port
     * gives it another}
     */
    private @Nullable String find() {
        String given = wish.device();
        if (given == null) {
            return null;
        }
        List<String> there = devices.names();
        if (there.contains(given)) {
            return given;
        }
        String lower = given.toLowerCase(Locale.ROOT);
        List<String> meant =
                there.stream()
                        .filter(name -> name.toLowerCase(Locale.ROOT).contains(lower))
                        .toList();
        if (meant.size() != 1) {
            throw new GanglionException(
                    GanglionException.Kind.SETUP,
                    wish.owner()
                            + ": device="
                            + given
                            + " expects one device that records and "
                            + (meant.isEmpty() ? "none is called so; " : "fits several; ")
                            + listed(meant.isEmpty() ? there : meant)
                            + "; plug it in, or set device to a part of a name that only it has");
        }
        return meant.get(0);
    }

    private static String listed(List<String> names) {
        return names.isEmpty()
                ? "Java Sound finds no device that records"
                : "there are: " + String.join(", ", names);
    }

    /** Opens the device at the rate that is wanted or, to resample, at another that it has. */
    private Capture connect(@Nullable String device) {
        boolean mix = wish.channel() == ChannelChoice.MIX;
        List<Integer> ratesHz = new ArrayList<>(List.of(wish.sampleRateHz()));
        Exception refused = null;
        for (int i = 0; i < ratesHz.size(); i++) {
            int rateHz = ratesHz.get(i);
            for (int channels = mix ? 1 : 2; channels <= 2; channels++) {
                try {
                    return new Capture(
                            devices.open(device, rateHz, channels, bufferFrames(rateHz)),
                            new Capture.Format(rateHz, channels, wish.channel()),
                            wish.sampleRateHz(),
                            wish.blockSamples(),
                            clock);
                } catch (LineUnavailableException
                        | IllegalArgumentException
                        | IllegalStateException
                        | SecurityException e) {
                    refused = e;
                }
            }
            if (i == 0) {
                ratesHz.addAll(others(devices.ratesHz(device)));
            }
        }
        throw refused(device, ratesHz, refused);
    }

    /** Those first that hold all of the band that is wanted. */
    private List<Integer> others(List<Integer> ratesHz) {
        return ratesHz.stream()
                .filter(rateHz -> rateHz != wish.sampleRateHz())
                .sorted(
                        Comparator.comparing((Integer rateHz) -> rateHz < wish.sampleRateHz())
                                .thenComparing(rateHz -> Math.abs(rateHz - NATIVE_RATE_HZ)))
                .toList();
    }

    private int bufferFrames(int rateHz) {
        long millis =
                Math.max(BUFFER_MILLIS, 4_000L * wish.blockSamples() / wish.sampleRateHz() + 1);
        return (int) (millis * rateHz / 1_000);
    }

    private GanglionException refused(
            @Nullable String device, List<Integer> ratesHz, @Nullable Exception cause) {
        String resampled =
                ratesHz.stream().skip(1).map(String::valueOf).collect(Collectors.joining(", "));
        List<String> there = devices.names();
        return new GanglionException(
                GanglionException.Kind.SETUP,
                wish.owner()
                        + ": the "
                        + (device == null ? DEFAULT_NAME : "device " + device)
                        + " cannot be opened at the "
                        + wish.sampleRateHz()
                        + " Hz in "
                        + (wish.channel() == ChannelChoice.MIX ? "mono or stereo" : "stereo")
                        + " that were asked for"
                        + (resampled.isEmpty() ? "" : ", nor at " + resampled + " Hz to resample")
                        + (!there.isEmpty()
                                ? "; it has "
                                        + devices.offered(device)
                                        + " ("
                                        + (cause == null ? "no reason given" : cause.getMessage())
                                        + "); set channel or device to what is there, or close"
                                        + " the program that uses it"
                                : "; "
                                        + listed(there)
                                        + "; plug one in, or set path to a WAV file"),
                cause);
    }

    @Override
    void read() {
        long goneNanos;
        do {
            String what = listen(capture);
            goneNanos = clock.nanos();
            capture.close();
            if (isClosed()) {
                return;
            }
            if (!away) {
                away = true;
                sink.away(
                        stream
                                + " is gone ("
                                + what
                                + "); plug it in again, it is tried every second");
            }
        } while (reconnect(goneNanos));
    }

    /** {@return why it is over} */
    private String listen(Capture open) {
        while (true) {
            int samples = open.fill(block);
            if (isClosed()) {
                return open.gone();
            }
            boolean last = open.isOver();
            if (samples > 0 || speaking) {
                sequence++;
                away = false;
                // What is heard when it is back belongs to another utterance.
                speaking = !last;
                sink.offer(sample(stream, sequence, open.capturedNanos(), samples, last));
            }
            if (last) {
                return open.gone();
            }
        }
    }

    /** {@return whether it is back; false when closed before} */
    private boolean reconnect(long goneNanos) {
        while (waitUntil(clock.nanos() + RETRY_NANOS)) {
            try {
                capture = connect(find());
            } catch (GanglionException stillGone) {
                continue;
            }
            if (isClosed()) {
                // Whoever closed may have closed the line before.
                return false;
            }
            // Block numbers go on as if it had recorded all the time.
            long blockNanos = Math.max(1, block.length * 1_000_000_000L / wish.sampleRateHz());
            sequence += Math.max(1, (clock.nanos() - goneNanos) / blockNanos);
            return true;
        }
        return false;
    }

    @Override
    void wake() {
        capture.close();
    }

    @Override
    void release() {
        capture.close();
    }
}
