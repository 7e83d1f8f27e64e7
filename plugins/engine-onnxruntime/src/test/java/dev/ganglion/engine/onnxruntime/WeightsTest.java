package dev.ganglion.engine.onnxruntime;

import static dev.ganglion.engine.onnxruntime.Fixtures.assertSetup;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.model.ModelPackage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsTest {
    @TempDir Path folder;

    private ModelPackage addsExternal(String location, String... files) {
        ModelPackage one =
                Fixtures.packageOf(Onnx.write(folder, "model.onnx", Onnx.addsExternal(location)));
        return files.length == 0 ? one : Fixtures.withFiles(one, "model.onnx", files);
    }

    private static void writeWeights(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(new float[] {10, 20, 30, 40});
        Files.write(file, bytes.array());
    }

    private static void assertAdds(ModelPackage source) {
        try (Model model = Fixtures.load(source);
                Session session = model.open()) {
            session.input("x", 4).floats().put(0, 1).put(1, 2).put(2, 3).put(3, 4);
            session.run();
            float[] found = new float[4];
            session.output("y").floats().get(0, found);
            assertThat(found).containsExactly(11, 22, 33, 44);
            assertThat(model.mappedBytes()).isEqualTo(16);
            assertThat(model.allocatedBytes()).isEqualTo(weightsBytes(source));
        }
    }

    private static long weightsBytes(ModelPackage source) {
        return source.weightsFile().toFile().length();
    }

    @Test
    void tensorsInAListedFileAreLoaded() throws IOException {
        writeWeights(folder.resolve("w.bin"));
        assertAdds(addsExternal("w.bin", "model.onnx", "w.bin"));
    }

    @Test
    void tensorsStayInTheirFileWhenMemoryIsMapped() throws IOException {
        writeWeights(folder.resolve("w.bin"));
        ModelPackage source = addsExternal("w.bin", "model.onnx", "w.bin");
        assertAdds(source.withOptions(Map.of("memory", "mapped")));
        assertAdds(source.withOptions(Map.of("memory", "mapped", "prepacking", "true")));
    }

    @Test
    void tensorsBesideWeightsInASubfolderAreLoaded() throws IOException {
        Path inner = Files.createDirectory(folder.resolve("inner"));
        writeWeights(inner.resolve("w.bin"));
        Onnx.write(inner, "model.onnx", Onnx.addsExternal("w.bin"));
        ModelPackage source = addsExternal("unused");
        assertAdds(
                Fixtures.withFiles(source, "inner/model.onnx", "inner/model.onnx", "inner/w.bin"));
    }

    @Test
    void tensorsInAFileThatIsNotListedAreRefused() throws IOException {
        writeWeights(folder.resolve("w.bin"));
        assertSetup(() -> Fixtures.load(addsExternal("w.bin")))
                .hasMessageContaining("'w.bin', which the package does not list")
                .hasMessageContaining("expected one of: model.onnx");
    }

    @Test
    void tensorsOutsideOfTheFolderAreRefused() {
        for (String location :
                new String[] {
                    "/etc/passwd",
                    "../w.bin",
                    "inner/../../w.bin",
                    "inner\\..\\..\\w.bin",
                    "",
                    "w\0.bin"
                }) {
            assertSetup(() -> Fixtures.load(addsExternal(location)))
                    .hasMessageContaining("'" + location + "', which leaves the folder");
        }
    }

    @Test
    void aListedNameThatLeadsOutsideIsRefused() {
        assertSetup(() -> Fixtures.load(addsExternal("../w.bin", "model.onnx", "../w.bin")))
                .hasMessageContaining("which leaves the folder");
    }

    @Test
    void aListedFileThatIsNotThereIsRefused() {
        assertSetup(() -> Fixtures.load(addsExternal("w.bin", "model.onnx", "w.bin")))
                .hasMessageContaining("'w.bin', which is not there");
    }

    @Test
    void aListedLinkThatLeadsOutsideIsRefused(@TempDir Path elsewhere) throws IOException {
        writeWeights(elsewhere.resolve("secret.bin"));
        Files.createSymbolicLink(folder.resolve("w.bin"), elsewhere.resolve("secret.bin"));
        assertSetup(() -> Fixtures.load(addsExternal("w.bin", "model.onnx", "w.bin")))
                .hasMessageContaining("a link that leaves the folder");
    }

    @Test
    void weightsThatThePackageDoesNotListAreRefused() {
        assertSetup(() -> Fixtures.load(addsExternal("w.bin", "card.txt")))
                .hasMessageContaining("no file 'model.onnx'")
                .hasMessageContaining("card.txt");
    }

    @Test
    void aFolderInPlaceOfWeightsIsRefused() throws IOException {
        Path file = Files.createDirectory(folder.resolve("folder.onnx"));
        assertSetup(() -> Fixtures.load(Fixtures.packageOf(file)))
                .hasMessageContaining(file.toString())
                .hasMessageContaining("found a folder");
    }

    @Test
    void mappingAModelOfOneFileIsRefused() {
        ModelPackage source = Fixtures.kwsDigits().withOptions(Map.of("memory", "mapped"));
        assertSetup(() -> Fixtures.load(source))
                .hasMessageContaining("memory=mapped needs tensors in external data files")
                .hasMessageContaining("memory=resident");
    }

    @Test
    void whatLooksLikeAModelButIsNoneIsRefusedByTheRuntime() {
        Proto unknown =
                Onnx.model(
                        new Proto()
                                .message(1, Onnx.node("NoSuchOperator", "x", "y"))
                                .message(11, Onnx.value("x", Onnx.FLOAT, 1))
                                .message(12, Onnx.value("y", Onnx.FLOAT, 1)));
        Path file = Onnx.write(folder, "model.onnx", unknown);
        assertSetup(() -> Fixtures.load(Fixtures.packageOf(file)))
                .hasMessageContaining(file.toString())
                .hasMessageContaining("NoSuchOperator");
    }
}
