package dev.ganglion.camel.route;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.model.ModelPackage;
import java.util.List;
import java.util.Set;

/**
 * Runs models that read tokens: each label's score is how often its letter, a line of the weights
 * file, is among the ids. A text with a question mark breaks the input's rules.
 */
final class LetterEngine implements Engine {
    static final String FORMAT = "letters";

    @Override
    public String name() {
        return FORMAT;
    }

    @Override
    public Set<String> formats() {
        return Set.of(FORMAT);
    }

    @Override
    public Model load(ModelPackage source, Options options) {
        try {
            return new Letters(java.nio.file.Files.readString(source.weightsFile()).strip());
        } catch (java.io.IOException e) {
            throw new GanglionException(
                    Kind.SETUP, source.weightsFile() + " cannot be read (" + e + ")", e);
        }
    }

    private record Letters(String letters) implements Model {
        @Override
        public List<TensorSpec> inputs() {
            return List.of(TensorSpec.of("input_ids", Tensor.Type.INT64, "1", 1, TensorSpec.ANY));
        }

        @Override
        public List<TensorSpec> outputs() {
            return List.of(TensorSpec.of("scores", Tensor.Type.FLOAT32, "1", 1, letters.length()));
        }

        @Override
        public Session open() {
            return new Counting(letters);
        }

        @Override
        public void close() {}
    }

    private static final class Counting implements Session {
        private final String letters;
        private final Tensor scores;
        private Tensor ids = Tensor.allocate(Tensor.Type.INT64, 1, 1);

        Counting(String letters) {
            this.letters = letters;
            this.scores = Tensor.allocate(Tensor.Type.FLOAT32, 1, letters.length());
        }

        @Override
        public Tensor input(String name, long... shape) {
            if (ids.size(1) != shape[1]) {
                ids = Tensor.allocate(Tensor.Type.INT64, shape);
            }
            return ids;
        }

        @Override
        public void run() {
            for (int label = 0; label < letters.length(); label++) {
                int count = 0;
                for (int i = 0; i < ids.elements(); i++) {
                    if (ids.longs().get(i) == '?') {
                        throw new IllegalArgumentException("a question mark has no score");
                    }
                    count += ids.longs().get(i) == letters.charAt(label) ? 1 : 0;
                }
                scores.floats().put(label, 4 * count);
            }
        }

        @Override
        public Tensor output(String name) {
            return scores;
        }

        @Override
        public void reset() {}

        @Override
        public void cancel() {}

        @Override
        public void close() {}
    }
}
