package dev.ganglion.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.Plugin;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.encode.FeatureExtractor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * What every feature extractor keeps to. A vendor's test says which extractor and, when it needs
 * some, which options.
 */
public abstract class FeatureExtractorContract extends PluginContract {
    /** An extractor's test needs no constructor. */
    protected FeatureExtractorContract() {}

    /** {@return the extractor under test} */
    protected abstract FeatureExtractor extractor();

    /** {@return the options to open it with; none unless overridden} */
    protected Map<String, String> options() {
        return Map.of();
    }

    /**
     * {@return how much content the kit makes: rows along the first axis when that may vary, else
     * items}
     */
    protected int contentLength() {
        return 2_000;
    }

    /**
     * {@return the whole content: one tensor to be cut along its first axis, or, when that has a
     * fixed size, the items; by default the values of {@link Tensors#fill} with seed 0, other axes
     * that may vary being 3}
     */
    protected List<Tensor> content() {
        TensorSpec input = extractor().input(optionsOf(options()));
        long[] shape = new long[input.shape().size()];
        for (int axis = 0; axis < shape.length; axis++) {
            long size = input.shape().get(axis);
            shape[axis] = size != TensorSpec.ANY ? size : axis == 0 ? contentLength() : 3;
        }
        boolean cuttable = isCuttable(input);
        Random random = new Random(0);
        List<Tensor> content = new ArrayList<>();
        for (int i = 0; i < (cuttable ? 1 : contentLength()); i++) {
            Tensor item = Tensor.allocate(input.type(), shape);
            Tensors.fill(item, random);
            content.add(item);
        }
        return content;
    }

    /**
     * {@return tensors that a push refuses; by default one of another type and one with an axis
     * more}
     */
    protected List<Tensor> brokenItems() {
        Tensor good = content().get(0);
        Tensor.Type other =
                good.type() == Tensor.Type.FLOAT32 ? Tensor.Type.INT32 : Tensor.Type.FLOAT32;
        long[] longer = Arrays.copyOf(good.shape(), good.rank() + 1);
        longer[good.rank()] = 1;
        return List.of(Tensor.allocate(other, good.shape()), Tensor.allocate(good.type(), longer));
    }

    private static boolean isCuttable(TensorSpec input) {
        return !input.shape().isEmpty() && input.shape().get(0) == TensorSpec.ANY;
    }

    @Override
    final Plugin plugin() {
        return extractor();
    }

    @Test
    void itTakesAndGivesTensorsWithUnits() {
        for (TensorSpec spec :
                List.of(
                        extractor().input(optionsOf(options())),
                        extractor().output(optionsOf(options())))) {
            assertThat(spec.type()).as("type of " + spec).isNotEqualTo(Tensor.Type.TEXT);
            assertThat(spec.unit()).as("unit of " + spec).isNotBlank();
        }
    }

    @Test
    void eachResultFitsTheOutput() {
        TensorSpec output = extractor().output(optionsOf(options()));
        List<String> misfits = new ArrayList<>();
        try (Stage<Tensor, Tensor> stage = extractor().open(optionsOf(options()))) {
            for (Tensor item : content()) {
                stage.push(item, result -> misfits.add(String.valueOf(output.mismatch(result))));
            }
            stage.flush(result -> misfits.add(String.valueOf(output.mismatch(result))));
        }
        assertThat(misfits).as("results that do not fit " + output).containsOnly("null");
    }

    /** The work on one stream. */
    @Nested
    class Stages extends StageContract<Tensor, Tensor> {
        @Override
        protected Stage<Tensor, Tensor> stage() {
            return extractor().open(optionsOf(options()));
        }

        @Override
        protected List<Tensor> cut(Random random) {
            List<Tensor> items = new ArrayList<>();
            boolean cuttable = isCuttable(extractor().input(optionsOf(options())));
            for (Tensor whole : content()) {
                if (cuttable) {
                    cutRows(whole, random, items);
                } else {
                    items.add(Tensors.copy(whole));
                }
            }
            return items;
        }

        private void cutRows(Tensor whole, Random random, List<Tensor> items) {
            int rows = (int) whole.size(0);
            int rowBytes = rows == 0 ? 0 : whole.bytes().capacity() / rows;
            // Each seed cuts into portions of another order of size, single rows included.
            int longest = 1 + random.nextInt(1 + random.nextInt(rows + 1));
            for (int row = 0; row < rows; ) {
                int portion = Math.min(rows - row, 1 + random.nextInt(longest));
                long[] shape = whole.shape();
                shape[0] = portion;
                Tensor item = Tensor.allocate(whole.type(), shape);
                item.bytes().put(0, whole.bytes(), row * rowBytes, portion * rowBytes);
                items.add(item);
                row += portion;
            }
        }

        @Override
        protected void write(Tensor result, StringBuilder into) {
            into.append(Tensors.describe(result)).append('\n');
        }

        @Override
        protected List<Tensor> brokenItems() {
            return FeatureExtractorContract.this.brokenItems();
        }

        @Override
        protected void spoil(Tensor item) {
            Tensors.fill(item, new Random(-1));
        }
    }
}
