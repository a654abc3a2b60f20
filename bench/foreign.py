#!/usr/bin/env python3
"""Reads an exported model with clients other than ONNX Runtime; bench/foreign.bench.ts writes it and what it should give.

Usage: foreign.py compare MODEL   what OpenCV's DNN and ONNX's checker make of it
       foreign.py blame MODEL     the nodes that OpenCV gets wrong where they are a model of their own

MODEL is a JSON object with name, file (without .onnx) and shape ([C, H, W]). The result is one, too.
"""
import json, sys
import cv2, numpy, onnx
from onnx import helper, numpy_helper

BATCHES = (1, 3)
AGREES = 1e-4
# What a node may differ by: less, since differences add up over a network.
NODE_AGREES = 1e-5


def difference(found, wanted):
    """The largest difference relative to the largest number; 1 where the sizes differ or a number is none."""
    found = numpy.asarray(found).reshape(-1)
    wanted = numpy.asarray(wanted).reshape(-1)
    if found.shape != wanted.shape or not numpy.isfinite(found).all():
        return 1.0
    return float(numpy.abs(found - wanted).max() / max(1e-6, numpy.abs(wanted).max()))


def reason(error):
    """The part of OpenCV's message that says what it did not like."""
    text = " ".join(str(error).split())
    return text.split("error: ")[-1][:160]


def compare(model):
    found = {"name": model["name"], "check": "", "opencv": "", "differences": []}
    path, shape = model["file"], model["shape"]
    try:
        onnx.checker.check_model(onnx.load(path + ".onnx"), full_check=True)
    except Exception as error:
        found["check"] = reason(error)
    x = numpy.fromfile(path + ".input", numpy.float32).reshape(max(BATCHES), *shape)
    y = numpy.fromfile(path + ".output", numpy.float32).reshape(max(BATCHES), -1)
    try:
        for batch in BATCHES:
            net = cv2.dnn.readNetFromONNX(path + ".onnx")
            net.setInput(x[:batch])
            found["differences"].append(difference(net.forward(), y[:batch]))
    except cv2.error as error:
        found["opencv"] = reason(error)
    return found


def attributes(node):
    values = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    return {name: value.decode() if isinstance(value, bytes) else value for name, value in values.items()}


def run_nodes(nodes, values, constants, batch):
    """Runs some nodes as a model of their own on what the first of them were fed: '' or what OpenCV gets wrong."""
    made = {name for node in nodes for name in node.output}
    names = [name for name in dict.fromkeys(name for node in nodes for name in node.input) if name != ""]
    used = [constants[name] for name in names if name in constants]
    feeds = [name for name in names if name not in constants and name not in made]
    info = lambda name: helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [batch, *values[name].shape[1:]])
    last = nodes[-1].output[0]
    graph = helper.make_graph(nodes, "nodes", [info(name) for name in feeds], [info(last)], used)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    try:
        net = cv2.dnn.readNetFromONNX(model.SerializeToString())
        for name in feeds:
            net.setInput(values[name][:batch], name)
        by = difference(net.forward(), values[last][:batch])
        return "" if by < NODE_AGREES else f"differs by {by:.1e} with a batch of {batch}"
    except cv2.error as error:
        return reason(error)


def named(nodes):
    return " → ".join(f"{node.op_type} {json.dumps(attributes(node))}" for node in nodes)


def wrong_groups(groups, values, constants):
    """Those of some groups of nodes that OpenCV gets wrong, and how."""
    found = []
    for nodes in groups:
        why = [run_nodes(nodes, values, constants, batch) for batch in BATCHES]
        if any(why):
            sizes = ", ".join("×".join(map(str, values[name].shape[1:])) for name in nodes[0].input if name in values)
            found.append({"what": named(nodes), "why": f"on {sizes}: {next(filter(None, why))}"})
    return found


def with_producers(node, producers, levels):
    """Names of what a node gives and of what the nodes before it give, so many levels up."""
    before = [producers[name] for name in node.input if name in producers] if levels > 0 else []
    return {node.output[0]}.union(*(with_producers(feeding, producers, levels - 1) for feeding in before))


def blame(model):
    path = model["file"]
    graph = onnx.load(path + ".onnx").graph
    constants = {tensor.name: tensor for tensor in graph.initializer}
    pixels = numpy.fromfile(path + ".input", numpy.float32).reshape(max(BATCHES), *model["shape"])
    values = {graph.input[0].name: pixels}
    for value in json.load(open(path + ".values.json")):
        if value["type"] == "float32":
            values[value["name"]] = numpy.fromfile(value["file"], numpy.float32).reshape(value["dims"])
    nodes = []
    for node in graph.node:
        if all(name in constants for name in node.input):
            # Computed from constants only, as clients do before anything else.
            constants[node.output[0]] = numpy_helper.from_array(values[node.output[0]], node.output[0])
        else:
            nodes.append(node)
    producers = {name: node for node in nodes for name in node.output}
    for levels in range(4):
        # A client may merge nodes that it has right one by one.
        chosen = [with_producers(node, producers, levels) for node in nodes]
        groups = [[node for node in nodes if node.output[0] in names] for names in chosen]
        found = wrong_groups(groups, values, constants)
        if found:
            return {"name": model["name"], "nodes": found if levels == 0 else found[:1]}
    return {"name": model["name"], "nodes": []}


if __name__ == "__main__":
    print(json.dumps({"compare": compare, "blame": blame}[sys.argv[1]](json.loads(sys.argv[2]))))
