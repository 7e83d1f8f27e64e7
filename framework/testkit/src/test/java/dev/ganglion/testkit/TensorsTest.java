package dev.ganglion.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorsTest {
    @Test
    void elementsLieRowByRow() {
        Tensor tensor = Tensors.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
        assertThat(tensor.hasShape(2, 3)).isTrue();
        assertThat(tensor.floats().get(3)).isEqualTo(4);
        assertThat(Tensors.of(new int[] {7, 8}, 2).ints().get(1)).isEqualTo(8);
        assertThat(Tensors.ofLongs(new long[] {9}, 1).longs().get(0)).isEqualTo(9);
    }

    @Test
    void aShapeThatDoesNotFitTheElementsIsRefused() {
        assertThatThrownBy(() -> Tensors.of(new float[] {1, 2, 3}, 2, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("FLOAT32[2, 2] has 4 elements, found 3");
    }

    @Test
    void aCopyHasMemoryOfItsOwn() {
        Tensor tensor = Tensors.of(new float[] {1}, 1);
        Tensor copy = Tensors.copy(tensor);
        tensor.floats().put(0, 2);
        assertThat(Tensors.floats(copy)).containsExactly(1);
    }

    @Test
    void copyingIntoAnotherTypeOrSizeIsRefused() {
        Tensor tensor = Tensors.of(new float[] {1}, 1);
        assertThatThrownBy(() -> Tensors.copyInto(tensor, Tensors.of(new int[1], 1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Tensors.copyInto(tensor, Tensors.of(new float[2], 2)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Tensors.floats(Tensors.of(new int[1], 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @EnumSource(value = Tensor.Type.class, mode = EnumSource.Mode.EXCLUDE, names = "TEXT")
    void aSeedAlwaysGivesTheSameValuesAndAnotherOneOthers(Tensor.Type type) {
        Tensor first = Tensor.allocate(type, 64);
        Tensor same = Tensor.allocate(type, 64);
        Tensor other = Tensor.allocate(type, 64);
        Tensors.fill(first, new Random(1));
        Tensors.fill(same, new Random(1));
        Tensors.fill(other, new Random(2));
        assertThat(Tensors.describe(same)).isEqualTo(Tensors.describe(first));
        assertThat(Tensors.describe(other)).isNotEqualTo(Tensors.describe(first));
    }

    @Test
    void theToleranceIsRelativeAboveOneAndAbsoluteBelow() {
        Tensor expected = Tensors.of(new float[] {0, 1000}, 2);
        assertThat(Tensors.difference(expected, Tensors.of(new float[] {0.009f, 1009}, 2), 0.01))
                .isEmpty();
        assertThat(Tensors.difference(expected, Tensors.of(new float[] {0.02f, 1000}, 2), 0.01))
                .contains("element 0", "expected 0.0, found 0.02");
        assertThat(Tensors.difference(expected, Tensors.of(new float[] {0, 1011}, 2), 0.01))
                .contains("element 1");
    }

    @Test
    void noNumberInPlaceOfANumberDiffers() {
        Tensor expected = Tensors.of(new float[] {1}, 1);
        assertThat(Tensors.difference(expected, Tensors.of(new float[] {Float.NaN}, 1), 1))
                .isNotEmpty();
    }

    @Test
    void anotherShapeOrTypeDiffers() {
        Tensor expected = Tensors.of(new int[] {1, 2}, 2);
        assertThat(Tensors.difference(expected, Tensors.of(new int[] {1, 2}, 1, 2), 1))
                .isNotEmpty();
        assertThat(Tensors.difference(expected, Tensors.of(new int[] {1, 3}, 2), 10)).isNotEmpty();
        assertThat(Tensors.difference(expected, Tensors.of(new int[] {1, 2}, 2), 0)).isEmpty();
    }
}
