package dev.ganglion.testkit.toy;

import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import java.nio.file.Path;
import java.util.List;

/** Writes files that {@link ToyEngine} and {@link ToyTokenizer} read, and packages over them. */
public final class ToyModels {
    private ToyModels() {}

    /**
     * A classifier.
     *
     * @param folder where the file is written; exists
     * @param rows for each class its weights and, last, its bias
     */
    public static ModelPackage linear(Path folder, ModelId id, float[]... rows) {
        return write(folder, id, ToyLinear.FORMAT, List.of(rows))
                .withTensors(
                        List.of(ToyLinear.inputSpec(rows[0].length - 1)),
                        List.of(ToyLinear.outputSpec(rows.length)));
    }

    /**
     * A leaky mean.
     *
     * @param folder where the file is written; exists
     * @param decay 0 to 1: how much of the level stays with each value
     */
    public static ModelPackage recurrent(Path folder, ModelId id, float decay) {
        return write(folder, id, ToyRecurrent.FORMAT, List.of(new float[] {decay}))
                .withTensors(List.of(ToyRecurrent.INPUT), List.of(ToyRecurrent.OUTPUT));
    }

    /**
     * A generative model.
     *
     * @param folder where the file is written; exists
     * @param vocabulary how many ids there are, for example 64
     * @param capacity how many tokens a session takes
     */
    public static ModelPackage tokens(Path folder, ModelId id, int vocabulary, int capacity) {
        return write(folder, id, ToyTokens.FORMAT, List.of(new float[] {vocabulary, capacity, 31}));
    }

    /**
     * A model that waits.
     *
     * @param folder where the file is written; exists
     * @param passes how often a step passes {@link ToyEngine#slowGate}
     */
    public static ModelPackage slow(Path folder, ModelId id, int passes) {
        return write(folder, id, ToySlow.FORMAT, List.of(new float[] {passes}))
                .withTensors(List.of(ToySlow.INPUT), List.of(ToySlow.OUTPUT));
    }

    /** A vocabulary file for {@link ToyTokenizer}, of 258 ids. */
    public static Path vocabulary(Path folder) {
        Path file = folder.resolve("toy-bytes.txt");
        ToyFile.write(file, ToyTokenizer.FORMAT, List.of(new float[] {ToyVocabulary.SIZE}));
        return file;
    }

    private static ModelPackage write(Path folder, ModelId id, String format, List<float[]> rows) {
        Path file = folder.resolve(id.name() + "-" + id.version() + ".toy");
        ToyFile.write(file, format, rows);
        return ModelPackage.of(id, format, file);
    }
}
