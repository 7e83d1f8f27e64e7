package dev.ganglion.engine.onnxruntime;

import static dev.ganglion.engine.onnxruntime.Fixtures.assertSetup;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxFileTest {
    @TempDir Path folder;

    private Path write(Proto model) {
        return Onnx.write(folder, "model.onnx", model);
    }

    private void assertDamaged(Proto file, String found) {
        Path path = write(file);
        assertSetup(() -> OnnxFile.externalLocations(path))
                .hasMessageContaining(path.toString())
                .hasMessageContaining(found);
    }

    @Test
    void aModelOfOneFileReadsNoOther() {
        assertThat(OnnxFile.externalLocations(Fixtures.resource("nlu-micro-int8.onnx"))).isEmpty();
        assertThat(OnnxFile.externalLocations(write(Onnx.doublesManyTimes()))).isEmpty();
    }

    @Test
    void namesAreFoundWhereverATensorCanStand() {
        Proto tensor = Onnx.external("w", "found.bin", 4);
        Proto attribute = new Proto().text(1, "value").message(5, tensor);
        Proto graph = new Proto().message(5, tensor);
        Map<String, Proto> places =
                Map.of(
                        "an initializer",
                        Onnx.model(graph),
                        "a sparse initializer's values",
                        Onnx.model(new Proto().message(15, new Proto().message(1, tensor))),
                        "a sparse initializer's indices",
                        Onnx.model(new Proto().message(15, new Proto().message(2, tensor))),
                        "a node's attribute",
                        Onnx.model(new Proto().message(1, new Proto().message(5, attribute))),
                        "a list of tensors",
                        attributeWith(10, tensor),
                        "a subgraph",
                        attributeWith(6, graph),
                        "a list of subgraphs",
                        attributeWith(11, graph),
                        "a sparse tensor",
                        attributeWith(22, new Proto().message(1, tensor)),
                        "a function",
                        Onnx.model(new Proto())
                                .message(
                                        25,
                                        new Proto().message(7, new Proto().message(5, attribute))),
                        "a training graph",
                        Onnx.model(new Proto()).message(20, new Proto().message(2, graph)));
        places.forEach(
                (place, model) ->
                        assertThat(OnnxFile.externalLocations(write(model)))
                                .as(place)
                                .containsExactly("found.bin"));
    }

    private static Proto attributeWith(int field, Proto value) {
        Proto attribute = new Proto().text(1, "value").message(field, value);
        return Onnx.model(new Proto().message(1, new Proto().message(5, attribute)));
    }

    @Test
    void aNameCountsEvenWhenTheTensorDoesNotSayThatItIsExternal() {
        Proto tensor =
                new Proto().message(13, new Proto().text(1, "location").text(2, "quiet.bin"));
        assertThat(OnnxFile.externalLocations(write(Onnx.model(new Proto().message(5, tensor)))))
                .containsExactly("quiet.bin");
    }

    @Test
    void theLastOfRepeatedFieldsCounts() {
        Proto entry =
                new Proto()
                        .text(1, "offset")
                        .text(1, "location")
                        .text(2, "harmless.bin")
                        .text(2, "/etc/passwd");
        Proto tensor = new Proto().message(13, entry);
        assertThat(OnnxFile.externalLocations(write(Onnx.model(new Proto().message(5, tensor)))))
                .containsExactly("/etc/passwd");
    }

    @Test
    void aGraphThatIsGivenTwiceIsReadTwice() {
        Proto second = new Proto().message(5, Onnx.external("w", "second.bin", 4));
        assertThat(OnnxFile.externalLocations(write(Onnx.model(new Proto()).message(7, second))))
                .containsExactly("second.bin");
    }

    @Test
    void weightsAreSkippedNotRead() throws IOException {
        Path path = folder.resolve("large.onnx");
        long holeBytes = 3L << 30;
        byte[] tensorHead = new Proto().raw(0x4a).toBytes();
        byte[] tensorTail =
                new Proto()
                        .message(13, new Proto().text(1, "location").text(2, "after.bin"))
                        .toBytes();
        byte[] holeLength = varint(holeBytes);
        long tensorBytes = tensorHead.length + holeLength.length + holeBytes + tensorTail.length;
        byte[] tensorLength = varint(tensorBytes);
        long graphBytes = 1 + tensorLength.length + tensorBytes;
        Proto head = new Proto().number(1, 8).raw(0x3a);
        for (byte next : varint(graphBytes)) {
            head.raw(next);
        }
        head.raw(0x2a);
        for (byte next : tensorLength) {
            head.raw(next);
        }
        for (byte next : tensorHead) {
            head.raw(next);
        }
        for (byte next : holeLength) {
            head.raw(next);
        }
        try (FileChannel channel =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(head.toBytes()));
            // A hole: the file system stores nothing for it.
            channel.write(ByteBuffer.wrap(tensorTail), channel.position() + holeBytes);
        }
        assertThat(OnnxFile.externalLocations(path)).containsExactly("after.bin");
        Files.delete(path);
    }

    private static byte[] varint(long value) {
        byte[] withTag = new Proto().number(1, value).toBytes();
        return java.util.Arrays.copyOfRange(withTag, 1, withTag.length);
    }

    @Test
    void anEmptyFileIsRefused() {
        assertDamaged(new Proto(), "no version at byte 0 of 0");
    }

    @Test
    void aProtobufWithoutGraphIsRefused() {
        assertDamaged(new Proto().number(1, 8).text(2, "producer"), "no graph");
    }

    @Test
    void aFileCutInTheMiddleIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(Fixtures.resource("kws-digits-int8.onnx"));
        for (int length : new int[] {whole.length - 1, whole.length / 2, 100, 10}) {
            Path path = folder.resolve("cut.onnx");
            Files.write(path, java.util.Arrays.copyOf(whole, length));
            assertSetup(() -> OnnxFile.externalLocations(path))
                    .hasMessageContaining(path.toString());
        }
    }

    @Test
    void aFieldLongerThanWhatHoldsItIsRefused() {
        assertDamaged(Onnx.model(new Proto()).raw(0x12, 0x7f, 0), "ends after what holds it");
        Proto graph = new Proto().raw(0x2a, 0x7f, 0);
        assertDamaged(Onnx.model(graph).text(2, "x".repeat(200)), "ends after what holds it");
        assertDamaged(Onnx.model(new Proto()).raw(0x09, 1, 2), "ends after what holds it");
    }

    @Test
    void aNumberWithoutEndIsRefused() {
        assertDamaged(
                Onnx.model(new Proto())
                        .raw(8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1),
                "more than ten bytes");
        assertDamaged(Onnx.model(new Proto()).raw(8, 255), "a number that ends");
    }

    @Test
    void whatIsNoFieldIsRefused() {
        assertDamaged(Onnx.model(new Proto()).raw(0x0b, 1), "the wire type 3");
        assertDamaged(Onnx.model(new Proto()).raw(0x02, 0), "the field number 0");
    }

    @Test
    void graphsInGraphsWithoutEndAreRefused() {
        Proto graph = new Proto();
        for (int depth = 0; depth < 40; depth++) {
            graph = new Proto().message(1, new Proto().message(5, new Proto().message(6, graph)));
        }
        assertDamaged(Onnx.model(graph), "more than 100 messages in one another");
    }

    @Test
    void aNameWithoutEndIsRefused() {
        Proto entry = new Proto().text(1, "location").text(2, "x".repeat(5000));
        Proto tensor = new Proto().message(13, entry);
        assertDamaged(Onnx.model(new Proto().message(5, tensor)), "5000 bytes");
    }
}
