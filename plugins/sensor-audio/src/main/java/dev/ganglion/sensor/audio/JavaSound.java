package dev.ganglion.sensor.audio;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.TargetDataLine;
import org.jspecify.annotations.Nullable;

/** The devices of Java Sound; on Linux those of ALSA. */
final class JavaSound implements CaptureDevices {
    private static final int BITS = 16;

    /** Tried where a device says that it has any rate, which under ALSA most do and few have. */
    private static final List<Integer> COMMON_RATES_HZ =
            List.of(
                    8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000,
                    176_400, 192_000);

    @Override
    public List<String> names() {
        List<String> names = new ArrayList<>();
        for (Mixer.Info info : AudioSystem.getMixerInfo()) {
            if (!captures(info).isEmpty()) {
                names.add(info.getName());
            }
        }
        return names;
    }

    private static List<DataLine.Info> captures(Mixer.Info mixer) {
        List<DataLine.Info> found = new ArrayList<>();
        javax.sound.sampled.Line.Info[] lines;
        try {
            lines = AudioSystem.getMixer(mixer).getTargetLineInfo();
        } catch (IllegalArgumentException unpluggedSinceItWasListed) {
            return found;
        }
        for (javax.sound.sampled.Line.Info line : lines) {
            if (line instanceof DataLine.Info data
                    && TargetDataLine.class.isAssignableFrom(line.getLineClass())) {
                found.add(data);
            }
        }
        return found;
    }

    /** {@return the formats of 16 bits that a device says it has, of all devices for null} */
    private static List<AudioFormat> formats(@Nullable String name) {
        List<AudioFormat> formats = new ArrayList<>();
        for (Mixer.Info mixer : AudioSystem.getMixerInfo()) {
            if (name != null && !mixer.getName().equals(name)) {
                continue;
            }
            for (DataLine.Info line : captures(mixer)) {
                for (AudioFormat format : line.getFormats()) {
                    if (format.getSampleSizeInBits() == BITS) {
                        formats.add(format);
                    }
                }
            }
        }
        return formats;
    }

    @Override
    public List<Integer> ratesHz(@Nullable String name) {
        Set<Integer> rates = new LinkedHashSet<>();
        for (AudioFormat format : formats(name)) {
            float hertz = format.getSampleRate();
            if (hertz <= 0) {
                rates.addAll(COMMON_RATES_HZ);
            } else if (hertz >= WavHeader.MINIMUM_RATE_HZ && hertz <= WavHeader.MAXIMUM_RATE_HZ) {
                rates.add((int) hertz);
            }
        }
        return List.copyOf(rates);
    }

    @Override
    public String offered(@Nullable String name) {
        Set<String> offers = new LinkedHashSet<>();
        for (AudioFormat format : formats(name)) {
            offers.add(channels(format.getChannels()) + " at " + rate(format.getSampleRate()));
        }
        return offers.isEmpty() ? "nothing of 16 bits" : String.join(", ", offers);
    }

    /** Java Sound writes "as you like" as -1, and overflows where ALSA says it. */
    private static String channels(int channels) {
        return switch (channels) {
            case 1 -> "mono";
            case 2 -> "stereo";
            default -> channels < 1 || channels > 1_000 ? "any channels" : channels + " channels";
        };
    }

    private static String rate(float hertz) {
        return hertz <= 0 ? "any rate" : (int) hertz + " Hz";
    }

    @Override
    public CaptureDevices.Line open(
            @Nullable String name, int sampleRateHz, int channels, int bufferFrames)
            throws LineUnavailableException {
        AudioFormat format = new AudioFormat(sampleRateHz, BITS, channels, true, false);
        TargetDataLine line = AudioSystem.getTargetDataLine(format, mixer(name));
        try {
            line.open(format, bufferFrames * format.getFrameSize());
            line.start();
        } catch (LineUnavailableException | RuntimeException e) {
            line.close();
            throw e;
        }
        return new Open(line);
    }

    private static Mixer.@Nullable Info mixer(@Nullable String name) {
        if (name == null) {
            return null;
        }
        for (Mixer.Info info : AudioSystem.getMixerInfo()) {
            if (info.getName().equals(name) && !captures(info).isEmpty()) {
                return info;
            }
        }
        throw new IllegalArgumentException("there is no device '" + name + "'");
    }

    private record Open(TargetDataLine line) implements CaptureDevices.Line {
        @Override
        public int read(byte[] into, int count) {
            return line.read(into, 0, count);
        }

        @Override
        public void close() {
            line.close();
        }
    }
}
