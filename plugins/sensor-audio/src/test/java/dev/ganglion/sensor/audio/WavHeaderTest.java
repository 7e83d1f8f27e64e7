package dev.ganglion.sensor.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WavHeaderTest {
    private static final double[] FOUR = {0.5, -0.5, 0.25, -1};

    @TempDir Path folder;

    private final Wav wav = new Wav();

    private WavHeader read(byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve("a.wav"), bytes);
        try (FileChannel channel = FileChannel.open(file)) {
            return WavHeader.read(channel, "a.wav");
        }
    }

    private void refused(byte[] bytes, String... parts) {
        assertThatThrownBy(() -> read(bytes))
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        e -> assertThat(e.kind()).isEqualTo(GanglionException.Kind.INPUT))
                .hasMessageStartingWith("a.wav: ")
                .hasMessageContainingAll(parts)
                .hasMessageMatching(".*; (\\w+ ?)+.*");
    }

    @Test
    void aPlainHeaderIsRead() throws Exception {
        assertThat(read(wav.bytes(FOUR)))
                .isEqualTo(new WavHeader(SampleFormat.INT16, 1, 16_000, 44, 4));
    }

    @Test
    void severalChannelsMakeFrames() throws Exception {
        assertThat(read(Wav.of(Wav.PCM, 24, 2, 48_000).bytes(FOUR)))
                .isEqualTo(new WavHeader(SampleFormat.INT24, 2, 48_000, 44, 2));
    }

    @Test
    void anExtensibleHeaderIsReadEvenWithFewerValidBits() throws Exception {
        wav.extensible = true;
        wav.bits = 24;
        wav.validBits = 20;
        assertThat(read(wav.bytes(FOUR)))
                .isEqualTo(new WavHeader(SampleFormat.INT24, 1, 16_000, 68, 4));
        wav.codec = Wav.FLOAT;
        wav.bits = 32;
        wav.validBits = 32;
        assertThat(read(wav.bytes(FOUR)).format()).isEqualTo(SampleFormat.FLOAT32);
    }

    @Test
    void otherChunksArePassedOver() throws Exception {
        wav.between = "LIST\3\0\0\0abc\0".getBytes(StandardCharsets.US_ASCII);
        wav.after = "LIST\2\0\0\0ab".getBytes(StandardCharsets.US_ASCII);
        assertThat(read(wav.bytes(FOUR)))
                .isEqualTo(new WavHeader(SampleFormat.INT16, 1, 16_000, 56, 4));
    }

    @Test
    void whatIsNoWavFileIsRefused() {
        refused("ID3\1 some music, not a wave".getBytes(StandardCharsets.US_ASCII), "'ID3?");
        refused(new byte[5], "5 bytes");
        refused(new byte[0], "0 bytes");
    }

    @Test
    void aFileThatIsCutOffAnywhereIsRefused() {
        byte[] whole = wav.bytes(FOUR);
        for (int bytes = 0; bytes < whole.length; bytes++) {
            refused(Arrays.copyOf(whole, bytes), "");
        }
        refused(Arrays.copyOf(whole, 48), "44 bytes follow, found 40", "cut off");
    }

    @Test
    void aChunkOfSamplesThatIsLongerThanTheFileIsRefused() {
        wav.dataBytes = 100;
        refused(wav.bytes(FOUR), "'data' says that 100 bytes follow, found 8");
        wav.dataBytes = 0xFFFF_FFFFL;
        refused(wav.bytes(FOUR), "says that 4294967295 bytes follow");
    }

    @Test
    void aFileThatSaysThatItEndsWithinItsSamplesIsRefused() {
        wav.riffBytes = 40;
        refused(wav.bytes(FOUR), "ends at byte 48", "end at byte 52", "contradicts itself");
    }

    @Test
    void aFileWithoutSamplesIsRefused() {
        refused(wav.bytes(), "'data' of 0 bytes");
        wav.dataBytes = 0;
        refused(wav.bytes(FOUR), "'data' of 0 bytes");
    }

    @Test
    void halfAFrameIsRefused() {
        wav.channels = 2;
        refused(wav.bytes(0.1, 0.2, 0.3), "frames of 4 bytes", "found 6");
    }

    @Test
    void bytesPerSecondThatContradictTheRateAreRefused() {
        wav.bytesPerSecond = 16_000;
        refused(wav.bytes(FOUR), "32000 bytes per second", "found 16000", "contradicts itself");
    }

    @Test
    void bytesPerFrameThatContradictTheChannelsAreRefused() {
        wav.frameBytes = 4;
        refused(wav.bytes(FOUR), "1 channels of 16 bits make 2 bytes per frame, found 4");
    }

    @Test
    void noRateAndAbsurdRatesAreRefused() {
        wav.sampleRateHz = 0;
        refused(wav.bytes(FOUR), "found 0 Hz");
        wav.sampleRateHz = 2_000_000_000;
        refused(wav.bytes(FOUR), "found 2000000000 Hz");
    }

    @Test
    void noChannelIsRefused() {
        wav.channels = 0;
        refused(wav.bytes(FOUR), "one channel or more", "found 0");
    }

    @Test
    void bitsThatNobodyWritesAreRefused() {
        wav.bits = 40;
        refused(wav.bytes(FOUR), "8, 16, 24 or 32 bits", "found 40");
        wav.bits = 16;
        wav.codec = Wav.FLOAT;
        refused(Wav.of(Wav.FLOAT, 8, 1, 16_000).bytes(), "32 or 64 bits", "found 8");
    }

    @Test
    void aCodecThatIsNotPcmIsRefusedByItsName() {
        wav.codec = 7;
        refused(wav.bytes(FOUR), "7 (mu-law)", "convert it to PCM");
        wav.codec = 4711;
        refused(wav.bytes(FOUR), "4711 (unknown to us)");
    }

    @Test
    void anExtensibleHeaderThatLiesIsRefused() {
        wav.extensible = true;
        wav.validBits = 17;
        refused(wav.bytes(FOUR), "1 to 16 valid bits", "found 17");
        wav.validBits = 16;
        byte[] othersGuid = wav.bytes(FOUR);
        othersGuid[50] = 1;
        refused(othersGuid, "identifier of its maker");
        byte[] tooShort = new Wav().bytes(FOUR);
        tooShort[20] = (byte) 0xFE;
        tooShort[21] = (byte) 0xFF;
        refused(tooShort, "40 bytes, found 16");
    }

    @Test
    void samplesBeforeTheirFormatAreRefused() {
        wav.withFormat = false;
        refused(wav.bytes(FOUR), "'fmt '", "before 'data'");
    }

    @Test
    void twoFormatsAreRefused() {
        byte[] whole = wav.bytes(FOUR);
        wav.between = Arrays.copyOfRange(whole, 12, 36);
        refused(wav.bytes(FOUR), "a second was found at byte 36");
    }

    @Test
    void aFileOfZerosBehindItsHeaderIsRefusedWithoutWalkingThroughIt() {
        byte[] zeros = Arrays.copyOf(wav.bytes(FOUR), 1 << 20);
        Arrays.fill(zeros, 36, zeros.length, (byte) 0);
        zeros[4] = (byte) (zeros.length - 8);
        zeros[5] = (byte) ((zeros.length - 8) >> 8);
        zeros[6] = (byte) ((zeros.length - 8) >> 16);
        refused(zeros, "'data'", "none was found in 1048576 bytes");
    }
}
