"""Letters between two processes: nothing travels twice, and what is the same object stays the same."""

import gc
import itertools
import os
import socket
import threading
from multiprocessing.connection import Connection

import numpy as np
import pytest

from explorer.document.edits import set_weight
from explorer.engine.presets.networks import build_network
from explorer.runtime import companion
from explorer.runtime.companion import memory_file
from explorer.runtime.post import Post
from explorer.runtime.shared_memory import SharedMemory
from explorer.sources.source import Frame

pytestmark = pytest.mark.skipif(not companion.is_possible(), reason="companions need Linux")


@pytest.fixture
def posts():
    """The end that asks and the one that answers."""
    lines = [Connection(end.detach()) for end in socket.socketpair()]
    handles = [memory_file(), memory_file()]
    ends = []
    for mine, connection in enumerate(lines):
        ours = SharedMemory(handles[mine], may_lend=True)
        theirs = SharedMemory(handles[1 - mine], may_lend=False)
        ends.append(Post(connection, ours, theirs, asks=mine == 0))
    for handle in handles:
        os.close(handle)
    yield ends
    for connection in lines:
        connection.close()


def large(value=1.0):
    return np.full((300, 400), value, np.float32)


def test_a_network_arrives_as_it_was(posts):
    window, room = posts
    network = build_network()
    window.send(network)
    _, arrived = room.receive()
    assert [node.name for node in arrived.nodes] == [node.name for node in network.nodes]
    assert arrived.reports == network.reports
    for node in network.nodes:
        for name, array in node.parameters.items():
            np.testing.assert_array_equal(arrived[node.name].parameters[name], array)
            assert not arrived[node.name].parameters[name].flags.writeable


def test_what_did_not_change_is_the_same_object_there(posts):
    window, room = posts
    network = build_network()
    frame = Frame(np.zeros((300, 400, 3), np.uint8), 0, 0.0)
    letters = []
    for value in range(3):
        network = set_weight("conv1", "kernel", (0, 0, 0, 0), value + 0.5)(network)
        window.send((network, frame))
        letters.append(room.receive()[1])
    for (old, old_frame), (new, new_frame) in itertools.pairwise(letters):
        assert new_frame is old_frame
        assert new["conv1"] is not old["conv1"]
        assert new["conv1"].parameters["bias"] is old["conv1"].parameters["bias"]
        assert all(new[node.name] is old[node.name] for node in network.nodes if node.name != "conv1")


def test_the_same_network_three_times_keeps_its_nodes(posts):
    """What is known as a whole is known in its parts, also two letters later."""
    window, room = posts
    network = build_network()
    arrived = []
    for _ in range(3):
        window.send(network)
        arrived.append(room.receive()[1])
    changed = set_weight("conv1", "kernel", (0, 0, 0, 0), 5.0)(network)
    window.send(changed)
    _, last = room.receive()
    assert arrived[2] is arrived[0]
    assert last["relu1"] is arrived[0]["relu1"]


def test_an_answer_names_what_was_asked(posts):
    window, room = posts
    network = build_network()
    for _ in range(3):
        number = window.send(network)
        asked, arrived = room.receive()
        assert asked == number
        room.send((arrived, arrived["conv1"]), settled=asked)
        _, (back, node) = window.receive()
        assert back is network
        assert node is network["conv1"]


def test_an_answer_to_an_older_question_may_come_after_newer_ones(posts):
    window, room = posts
    first = build_network()
    second = set_weight("conv1", "kernel", (0, 0, 0, 0), 5.0)(first)
    window.send(first)
    window.send(second)
    number, old = room.receive()
    room.receive()
    room.send(old["conv1"], settled=number)
    assert window.receive()[1] is first["conv1"]


def test_what_only_a_settled_question_held_is_sent_back_whole(posts):
    window, room = posts
    window.send(build_network()["conv1"])
    _, old = room.receive()
    number = window.send("another")
    room.receive()
    room.send(old, settled=number)
    np.testing.assert_array_equal(window.receive()[1].parameters["kernel"], old.parameters["kernel"])


def test_a_large_array_is_read_where_it_lies_and_held_until_the_reader_lets_it_go(posts):
    window, room = posts
    map_ = room._ours.lend(1 << 18)
    map_[:] = 7
    room.send(map_)
    _, seen = window.receive()
    map_[0] = 8  # nobody does; it shows that nothing was copied
    assert seen[0] == 8
    room.send("another")
    room.send("a third")
    window.receive()
    window.receive()
    assert len(room._lent) == 1
    view = seen[3:]
    del seen
    gc.collect()
    window.say("still looking at a part of it")
    room.receive()
    assert len(room._lent) == 1
    del view
    gc.collect()
    window.say("done")
    room.receive()
    assert not room._lent


def test_an_array_in_private_memory_is_copied_once(posts):
    window, room = posts
    image = large()
    room.send(image)
    room.send([image, image])
    _, first = window.receive()
    _, (second, third) = window.receive()
    np.testing.assert_array_equal(first, image)
    assert first is second is third
    assert len(room._lent) == 1


@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 5)])
def test_small_and_empty_arrays_travel_in_the_letter(posts, shape):
    window, room = posts
    window.send(np.ones(shape, np.float32))
    _, arrived = room.receive()
    assert arrived.shape == shape
    assert (arrived == 1).all()


def test_words_do_not_disturb_what_letters_hold(posts):
    window, room = posts
    network = build_network()
    window.send(network)
    window.say("make way")
    window.send(network)
    _, first = room.receive()
    assert room.receive() == (0, "make way")
    assert room.receive()[1] is first


def test_the_end_of_the_other_side_is_told(posts):
    window, room = posts
    room._connection.close()
    with pytest.raises(EOFError):
        window.receive()
    with pytest.raises(EOFError):
        window.send("anybody there?")


def test_two_long_letters_at_once_do_not_wait_for_each_other(posts):
    """Longer than a line holds: both sides are in the middle of sending when they begin to receive."""
    long = [np.full(4000, number, np.float32) for number in range(200)]  # small each, so they travel
    senders = [threading.Thread(target=post.send, args=(long,)) for post in posts]
    received = []
    receivers = [threading.Thread(target=lambda post=post: received.append(post.receive())) for post in posts]
    for thread in (*senders, *receivers):
        thread.start()
    for thread in (*senders, *receivers):
        thread.join(10)
        assert not thread.is_alive()
    assert [len(letter) for _, letter in received] == [200, 200]
