package dev.ganglion.engine.onnxruntime;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Direct memory for one tensor of a stream, shared by all shapes that it takes. It grows to what
 * the largest shape needs and stays; the views of the shapes used last are kept.
 */
final class ShapedMemory {
    private final TensorSpec spec;
    private final @Nullable Tensor[] views = new @Nullable Tensor[Binding.KEPT];
    private ByteBuffer bytes = ByteBuffer.allocateDirect(0);

    ShapedMemory(TensorSpec spec) {
        this.spec = spec;
    }

    TensorSpec spec() {
        return spec;
    }

    /**
     * {@return the same tensor as before for a shape that was used lately; it starts at the first
     * byte of the memory}
     */
    Tensor view(long... shape) {
        for (int i = 0; i < views.length; i++) {
            Tensor view = views[i];
            if (view == null) {
                break;
            }
            if (view.hasShape(shape)) {
                toFront(i, view);
                return view;
            }
        }
        long needed = spec.type().sizeBytes();
        for (long size : shape) {
            needed = Math.multiplyExact(needed, size);
        }
        if (needed > bytes.capacity()) {
            // Views of the old memory would keep it alive beside the new one.
            Arrays.fill(views, null);
            long doubled = Math.min(2L * bytes.capacity(), Integer.MAX_VALUE - 8);
            bytes = ByteBuffer.allocateDirect(Math.toIntExact(Math.max(needed, doubled)));
        }
        Tensor view = Tensor.over(bytes.order(ByteOrder.nativeOrder()), spec.type(), shape);
        toFront(views.length - 1, view);
        return view;
    }

    private void toFront(int from, Tensor view) {
        System.arraycopy(views, 0, views, 1, from);
        views[0] = view;
    }

    /** {@return the bytes that it takes} */
    int capacity() {
        return bytes.capacity();
    }
}
