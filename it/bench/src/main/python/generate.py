# Greedy generation with ONNX Runtime driven from Python: what engine-onnxruntime is compared with. The library is called through
# its C interface, so that both are the same library; each step's keys and values are handed on as the next one's past, uncopied.
#
# usage: generate.py <libonnxruntime.so> <model.onnx> <tokens to generate> <sequences> <prompt ids ...>
#
# Prints "ready", then for each line that it reads one round: its nanoseconds, those of the processor, and a hash of the tokens.
import ctypes
import sys
import time

import numpy

# Where functions stand in the table of the C interface; the order never changes.
CREATE_ENV, CREATE_SESSION, RUN, CREATE_OPTIONS, INTRA_OP_THREADS = 3, 7, 9, 10, 24
INPUT_COUNT, OUTPUT_COUNT, INPUT_NAME, OUTPUT_NAME = 30, 31, 36, 37
TENSOR_OVER, TENSOR_DATA, CPU_MEMORY, RELEASE_VALUE, MESSAGE, ALLOCATOR = 49, 51, 69, 96, 2, 78
FLOAT, INT64 = 1, 7

library = ctypes.CDLL(sys.argv[1])
library.OrtGetApiBase.restype = ctypes.POINTER(ctypes.c_void_p)
get_api = ctypes.CFUNCTYPE(ctypes.POINTER(ctypes.c_void_p), ctypes.c_uint32)(library.OrtGetApiBase()[0])
table = get_api(18)


def function(index, *types):
    call = ctypes.CFUNCTYPE(ctypes.c_void_p, *types)(table[index])

    def checked(*arguments):
        status = call(*arguments)
        if status:
            message = ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.c_void_p)(table[MESSAGE])
            raise RuntimeError(message(status).decode())

    return checked


pointer, text, size = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t
out = ctypes.POINTER(pointer)
run = function(RUN, pointer, pointer, ctypes.POINTER(text), ctypes.POINTER(pointer), size, ctypes.POINTER(text), size, out)
tensor_over = function(TENSOR_OVER, pointer, pointer, size, ctypes.POINTER(ctypes.c_int64), size, ctypes.c_int, out)
tensor_data = function(TENSOR_DATA, pointer, out)
release_value = ctypes.CFUNCTYPE(None, pointer)(table[RELEASE_VALUE])


def made(index, types, *arguments):
    made_one = pointer()
    function(index, *types, out)(*arguments, ctypes.byref(made_one))
    return made_one


environment = made(CREATE_ENV, (ctypes.c_int, text), 3, b"bench")
options = made(CREATE_OPTIONS, ())
function(INTRA_OP_THREADS, pointer, ctypes.c_int)(options, 1)
session = made(CREATE_SESSION, (pointer, text, pointer), environment, sys.argv[2].encode(), options)
memory = made(CPU_MEMORY, (ctypes.c_int, ctypes.c_int), 1, 0)


def names(count_index, name_index):
    count = ctypes.c_size_t()
    function(count_index, pointer, ctypes.POINTER(size))(session, ctypes.byref(count))
    allocator = pointer()
    function(ALLOCATOR, out)(ctypes.byref(allocator))
    found = []
    for i in range(count.value):
        name = text()
        function(name_index, pointer, size, pointer, ctypes.POINTER(text))(session, i, allocator, ctypes.byref(name))
        found.append(name.value)
    return found


inputs, outputs = names(INPUT_COUNT, INPUT_NAME), names(OUTPUT_COUNT, OUTPUT_NAME)
past = [name for name in inputs if b"past" in name]
present = [name.replace(b"past_key_values", b"present") for name in past]
asked = [b"logits"] + present
in_names = (text * len(inputs))(*(past + [b"input_ids", b"position_ids"]))
out_names = (text * len(asked))(*asked)
HEADS, HEAD, VOCABULARY = 2, 64, 2048
empty = numpy.zeros(1, numpy.float32)


def tensor(array, shape, kind):
    value = pointer()
    dims = (ctypes.c_int64 * len(shape))(*shape)
    count = array.itemsize
    for each in shape:
        count *= each
    tensor_over(memory, array.ctypes.data, count, dims, len(shape), kind, ctypes.byref(value))
    return value


class Sequence:
    def __init__(self):
        self.state = [tensor(empty, (1, HEADS, 0, HEAD), FLOAT) for _ in past]
        self.position = 0

    def feed(self, ids):
        count = len(ids)
        id_array = numpy.array(ids, numpy.int64)
        positions = numpy.arange(self.position, self.position + count, dtype=numpy.int64)
        own = [tensor(id_array, (1, count), INT64), tensor(positions, (1, count), INT64)]
        given = (pointer * len(inputs))(*(self.state + own))
        results = (pointer * len(asked))()
        run(session, None, in_names, given, len(inputs), out_names, len(asked), results)
        for value in self.state + own:
            release_value(value)
        self.state = [pointer(each) for each in results[1:]]
        self.position += count
        logits = pointer()
        tensor_data(results[0], ctypes.byref(logits))
        last = logits.value + (count - 1) * VOCABULARY * 4
        row = numpy.ctypeslib.as_array(ctypes.cast(last, ctypes.POINTER(ctypes.c_float)), (VOCABULARY,))
        likeliest = int(row.argmax())
        release_value(results[0])
        return likeliest

    def close(self):
        for value in self.state:
            release_value(value)


tokens, sequences = int(sys.argv[3]), int(sys.argv[4])
prompt = [int(each) for each in sys.argv[5:]]
print("ready", flush=True)
for _ in sys.stdin:
    nanos = busy = 0
    sum_ = 1
    for _ in range(sequences):
        sequence = Sequence()
        likeliest = sequence.feed(prompt)
        start, busy_start = time.monotonic_ns(), time.thread_time_ns()
        for _ in range(tokens):
            sum_ = (31 * sum_ + likeliest) & 0xFFFFFFFF
            likeliest = sequence.feed([likeliest])
        busy += time.thread_time_ns() - busy_start
        nanos += time.monotonic_ns() - start
        sequence.close()
    print(nanos, busy, sum_, flush=True)
