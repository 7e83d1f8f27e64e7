package dev.ganglion.engine.onnxruntime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tiny ONNX models, written byte by byte. Field numbers: onnx.proto. */
final class Onnx {
    static final int FLOAT = 1;
    static final int UINT8 = 2;
    static final int INT8 = 3;
    static final int INT32 = 6;
    static final int INT64 = 7;
    static final int STRING = 8;
    static final int BOOL = 9;
    static final int FLOAT16 = 10;
    static final int DOUBLE = 11;

    private Onnx() {}

    static Proto model(Proto graph) {
        return new Proto()
                .number(1, 8)
                .message(8, new Proto().text(1, "").number(2, 13))
                .message(7, graph.text(2, "test"));
    }

    static Path write(Path folder, String name, Proto model) {
        try {
            return Files.write(folder.resolve(name), model.toBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A graph's input (field 11) or output (field 12); -1 is any size. */
    static Proto value(String name, int type, long... shape) {
        Proto dims = new Proto();
        for (int axis = 0; axis < shape.length; axis++) {
            dims.message(
                    1,
                    shape[axis] < 0
                            ? new Proto().text(2, name + axis)
                            : new Proto().number(1, shape[axis]));
        }
        Proto tensor = new Proto().number(1, type).message(2, dims);
        return new Proto().text(1, name).message(2, new Proto().message(1, tensor));
    }

    /** A node (field 1 of a graph); names are separated by blanks, {@code -} leaves one out. */
    static Proto node(String operator, String inputs, String outputs, Proto... attributes) {
        Proto node = new Proto();
        for (String input : inputs.split(" ")) {
            node.text(1, input.equals("-") ? "" : input);
        }
        for (String output : outputs.split(" ")) {
            node.text(2, output);
        }
        node.text(4, operator);
        for (Proto attribute : attributes) {
            node.message(5, attribute);
        }
        return node;
    }

    static Proto whole(String name, long value) {
        return new Proto().text(1, name).number(3, value).number(20, 2);
    }

    static Proto wholes(String name, long... values) {
        Proto attribute = new Proto().text(1, name);
        for (long value : values) {
            attribute.number(8, value);
        }
        return attribute.number(20, 7);
    }

    static Proto graph(String name, Proto graph) {
        return new Proto().text(1, name).message(6, graph).number(20, 5);
    }

    /** A tensor (field 5 of a graph) with its elements inside. */
    static Proto floats(String name, long[] shape, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return tensor(name, FLOAT, shape).bytes(9, bytes.array());
    }

    static Proto longs(String name, long[] shape, long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return tensor(name, INT64, shape).bytes(9, bytes.array());
    }

    /** A tensor whose elements are in another file. */
    static Proto external(String name, String location, long... shape) {
        return tensor(name, FLOAT, shape)
                .message(13, new Proto().text(1, "location").text(2, location))
                .number(14, 1);
    }

    private static Proto tensor(String name, int type, long[] shape) {
        Proto tensor = new Proto();
        for (long size : shape) {
            tensor.number(1, size);
        }
        return tensor.number(2, type).text(8, name);
    }

    /** {@code y = x + w}, all {@code [4]}, with {@code w} in another file. */
    static Proto addsExternal(String location) {
        return model(
                new Proto()
                        .message(1, node("Add", "x w", "y"))
                        .message(5, external("w", location, 4))
                        .message(11, value("x", FLOAT, 4))
                        .message(12, value("y", FLOAT, 4)));
    }

    /** {@code y = x}, of any type. */
    static Proto identity(int type, long... shape) {
        return model(
                new Proto()
                        .message(1, node("Identity", "x", "y"))
                        .message(11, value("x", type, shape))
                        .message(12, value("y", type, shape)));
    }

    /** {@code y = x * 2^times}, one doubling at a time: as long as one likes. */
    static Proto doublesManyTimes() {
        Proto body =
                new Proto()
                        .message(1, node("Identity", "going", "goesOn"))
                        .message(1, node("Add", "before before", "after"))
                        .text(2, "body")
                        .message(11, value("index", INT64))
                        .message(11, value("going", BOOL))
                        .message(11, value("before", FLOAT, 1))
                        .message(12, value("goesOn", BOOL))
                        .message(12, value("after", FLOAT, 1));
        return model(
                new Proto()
                        .message(1, node("Loop", "times - x", "y", graph("body", body)))
                        .message(11, value("times", INT64))
                        .message(11, value("x", FLOAT, 1))
                        .message(12, value("y", FLOAT, 1)));
    }
}
