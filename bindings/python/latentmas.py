"""latentmas - teams of agents that hand over thoughts instead of text, from Python.

A binding of liblatentmas by ctypes alone: this one file and the shared library are all it takes.

    import latentmas

    with latentmas.Model("model.gguf") as model, model.session(n_ctx=8192) as session:
        team = latentmas.Team.builtin("sequential")
        print(session.ask(team, "A box holds 6 eggs. How many are in 4 boxes?").text)
        for piece in session.stream(team, "And in 5 boxes?"):
            print(piece, end="", flush=True)

The nouns are the header's: a Model, a Session (its KV cache, cut into lanes), a Team, a Solver that
drives a team over many questions at once, and a Memory, one lane in your own hands.

Parameters are keywords with the header's names, defaults and limits (include/latentmas.h says all
of them); what is left out has its default. Enumerations are strings, such as method="text_mas".
What comes back is a named tuple of copies: it outlives everything.

Everything that fails raises a LatentmasError. Close objects by `with` or close(): what was made of
one is closed before it, and one that is dropped waits for what was made of it. Threads may share
objects: a session lets one in at a time. Callbacks run in the thread that made the call; one that
returns False stops it (Canceled), an exception stops it and reaches the caller, and so does Ctrl-C;
the session goes on after either. docs/python.md has more.
"""

from __future__ import annotations

import atexit
import concurrent.futures
import contextlib
import ctypes as C
import difflib
import enum
import functools
import itertools
import json
import operator
import os
import threading
import time
import weakref
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Callable, Deque, Dict, Iterable, Iterator, List
from typing import Literal, Mapping, NamedTuple, Optional, Sequence, Set, Tuple, Type, TypedDict
from typing import TypeVar, Union, cast, get_args, get_type_hints

if TYPE_CHECKING:
    from typing_extensions import Unpack

HEADER_VERSION = "0.5.0"  # of the headers that the declarations below are those of
AnyPath = Union[str, "os.PathLike[str]"]
T = TypeVar("T")

# ---- Errors -------------------------------------------------------------------------------------


class Status(enum.IntEnum):
    """lmas_status."""

    OK = 0
    INVALID = 1
    NOMEM = 2
    IO = 3
    MODEL = 4
    CONTEXT_FULL = 5
    ENGINE = 6
    CANCELED = 7
    FORMAT = 8


class LatentmasError(Exception):
    """What the library, or this file, refuses or fails at. One line says why."""

    def __init__(self, status: Status, message: str) -> None:
        super().__init__(status, message)
        self.status = status
        self.message = message

    def __str__(self) -> str:
        return self.message


class Invalid(LatentmasError, ValueError):
    """An argument breaks the documented contract (LMAS_E_INVALID)."""


class Closed(Invalid):
    """The object, or what it was made of, has been closed."""


class NoMemory(LatentmasError, MemoryError):
    """Host or device memory ran out (LMAS_E_NOMEM)."""


class FileFailed(LatentmasError):
    """A file or a server could not be read or written (LMAS_E_IO)."""


class ModelRefused(LatentmasError):
    """The model is not one that can do this (LMAS_E_MODEL)."""


class ContextFull(LatentmasError):
    """The working memory, or the session, has no room for the next step (LMAS_E_CONTEXT_FULL)."""


class EngineFailed(LatentmasError):
    """libllama refused or failed (LMAS_E_ENGINE)."""


class Canceled(LatentmasError):
    """A callback, or cancel(), asked to stop (LMAS_E_CANCELED)."""


class FormatWrong(LatentmasError):
    """A file was read, and its content is not what it must be (LMAS_E_FORMAT)."""


class LibraryMissing(LatentmasError, ImportError):
    """No liblatentmas that this file can use was found; the message names what was tried."""


_ERRORS: List[Type[LatentmasError]] = [LatentmasError, Invalid, NoMemory, FileFailed, ModelRefused]
_ERRORS += [ContextFull, EngineFailed, Canceled, FormatWrong]


def _error(status: int, message: str) -> LatentmasError:
    known = status in Status.__members__.values()
    return (
        _ERRORS[status](Status(status), message)
        if known
        else LatentmasError(Status.ENGINE, message)
    )


def _invalid(message: str) -> Invalid:
    return Invalid(Status.INVALID, message)


# ---- How a field of a struct is given and read --------------------------------------------------


def _bytes(text: Any) -> bytes:
    """A text or a path as C reads it."""
    if not isinstance(text, (str, os.PathLike)):
        raise _invalid(f"a text is needed, not {text!r}")
    data = os.fspath(text).encode("utf-8", "surrogateescape")
    if b"\0" in data:
        raise _invalid("a text cannot hold the character NUL")
    return data


class _Kind:
    """One type of field: its C type, how Python's value becomes C's, and back."""

    def __init__(self, ctype: Any = None) -> None:
        self.ctype = ctype

    def to_c(self, value: Any, ask: Any) -> Any:
        return value

    def to_py(self, raw: Any, struct: Any) -> Any:
        return raw


class _Int(_Kind):
    def to_c(self, value: Any, ask: Any) -> int:
        number = operator.index(value)
        if self.ctype(number).value != number:
            raise _invalid(f"{number} is beyond what this number can be")
        return number


class _Real(_Kind):
    def to_c(self, value: Any, ask: Any) -> float:
        return float(value)


class _Bool(_Kind):
    def to_c(self, value: Any, ask: Any) -> bool:
        if value not in (True, False):
            raise _invalid(f"True or False is needed, not {value!r}")
        return bool(value)


class _Text(_Kind):
    def __init__(self, is_optional: bool = False) -> None:
        super().__init__(C.c_char_p)
        self.is_optional = is_optional

    def to_c(self, value: Any, ask: Any) -> Optional[bytes]:
        return None if value is None and self.is_optional else _bytes(value)

    def to_py(self, raw: Any, struct: Any) -> Optional[str]:
        return None if raw is None else raw.decode("utf-8", "replace")


class _Names(_Kind):
    """An enumeration: strings here, numbers from `first` there."""

    def __init__(self, names: Any, first: int = 0) -> None:
        super().__init__(C.c_int)
        self.names: Tuple[str, ...] = get_args(names)
        self.first = first

    def to_c(self, value: Any, ask: Any = None) -> int:
        if value not in self.names:
            raise _invalid(f"{value!r} is none of {', '.join(self.names)}")
        return self.names.index(value) + self.first

    def to_py(self, raw: Any, struct: Any) -> str:
        return self.names[int(raw) - self.first]


class _Ended(_Kind):
    def to_py(self, raw: Any, struct: Any) -> Status:
        return Status(raw)


class _Many(_Kind):
    """An array of `item`, as long as the field `count` says."""

    def __init__(self, item: str, count: str) -> None:
        super().__init__()
        self.item, self.count = item, count

    @property
    def cls(self) -> Any:
        return globals().get(self.item)

    def to_c(self, value: Any, ask: Any) -> Any:
        if isinstance(value, (str, Mapping)):
            raise _invalid(f"a list is needed, not {value!r}")
        items = [_fill(self.cls, v, ask) if self.cls else _bytes(v) for v in value]
        return (self.ctype._type_ * len(items))(*items)

    def to_py(self, raw: Any, struct: Any) -> Any:
        return [_copy(self.cls, raw[i]) for i in range(getattr(struct, self.count))] if raw else []


class _Raw(_Kind):
    """Bytes, as many as the field `count` says."""

    def __init__(self, count: str) -> None:
        super().__init__(C.POINTER(C.c_char))
        self.count = count

    def to_py(self, raw: Any, struct: Any) -> bytes:
        return bytes(raw[: getattr(struct, self.count)]) if raw else b""


class _Function(_Kind):
    """A callback: `user` first, then these; its word is False to stop."""

    def __init__(self, *args: Any) -> None:
        super().__init__(C.CFUNCTYPE(C.c_bool, C.c_void_p, *args))

    def to_c(self, value: Any, ask: Any) -> Any:
        return self.ctype(lambda user, *args: ask(value, *args)) if value else self.ctype()


class _Pointer(_Kind):
    """To an object of the library that one of the classes below holds."""

    def __init__(self, name: str) -> None:
        super().__init__(C.c_void_p)
        self.name = name

    def to_c(self, value: Any, ask: Any) -> Any:
        return None if value is None else _need(value, globals()[self.name])._handle.get()


class _Struct(_Kind):
    """A struct inside a struct, or one that it points to."""

    def __init__(self, name: str, is_pointer: bool = False) -> None:
        super().__init__()
        self.name, self.is_pointer = name, is_pointer

    def to_c(self, value: Any, ask: Any) -> Any:
        if value is None and self.is_pointer:
            return None
        struct = _fill(globals()[self.name], value, ask)
        return C.pointer(struct) if self.is_pointer else struct


def _kind(hint: Any) -> _Kind:
    """What an annotation of a field says of C."""
    return _Bool(C.c_bool) if hint is bool else hint.__metadata__[0]


def _is_field(hint: Any) -> bool:
    return hint is bool or hasattr(hint, "__metadata__")


@functools.lru_cache(maxsize=None)
def _kinds(cls: Any) -> Dict[str, _Kind]:
    """The fields of a struct, in order: those whose annotation says what they are in C."""
    hints = get_type_hints(cls, include_extras=True)
    return {name: _kind(hint) for name, hint in hints.items() if _is_field(hint)}


@functools.lru_cache(maxsize=None)
def _layout(cls: Any) -> Any:
    """The ctypes.Structure of a class below: its annotated fields, in order."""
    for kind in _kinds(cls).values():
        if isinstance(kind, _Many):
            kind.ctype = C.POINTER(_layout(kind.cls) if kind.cls else C.c_char_p)
        elif isinstance(kind, _Struct):
            inner = _layout(globals()[kind.name])
            kind.ctype = C.POINTER(inner) if kind.is_pointer else inner
    fields = [(name, kind.ctype) for name, kind in _kinds(cls).items()]
    return type(cls.__name__, (C.Structure,), {"_fields_": fields})


def _fill(cls: Any, params: Mapping[str, Any], ask: Any = None) -> Any:
    """The struct of `cls`: the library's defaults where it has some, and `params` over them."""
    struct = _default(cls)
    for name, value in params.items():
        kind = _kinds(cls).get(name)
        if kind is None:
            near = difflib.get_close_matches(name, _kinds(cls), 1)
            hint = f"; do you mean {near[0]}?" if near else ""
            raise TypeError(f"{cls.__name__} has no {name!r}{hint}")
        try:
            setattr(struct, name, kind.to_c(value, ask))
        except (TypeError, ValueError, AttributeError) as error:
            kind_of_error = Closed if isinstance(error, Closed) else Invalid
            raise kind_of_error(Status.INVALID, f"{name}: {error}") from None
        if isinstance(kind, _Many):
            setattr(struct, kind.count, len(value))
    return struct


def _default(cls: Any) -> Any:
    name = next((c for c, known in STRUCTS.items() if known is cls), "") + "_default"
    return getattr(_lib(), name)() if name in _DEFAULTS else _layout(cls)()


def _copy(cls: Any, struct: Any) -> Any:
    return cls(*(kind.to_py(getattr(struct, n), struct) for n, kind in _kinds(cls).items()))


# ---- The header's enumerations, limits and structs, in its order --------------------------------
# tests/bindings/layout_test.py holds every one of them to include/*.h.

I32 = Annotated[int, _Int(C.c_int32)]
U32 = Annotated[int, _Int(C.c_uint32)]
U64 = Annotated[int, _Int(C.c_uint64)]
Size = Annotated[int, _Int(C.c_size_t)]
F32 = Annotated[float, _Real(C.c_float)]
F64 = Annotated[float, _Real(C.c_double)]
Text = Annotated[str, _Text()]
MaybeText = Annotated[Optional[str], _Text(is_optional=True)]
MaybePath = Annotated[Optional[AnyPath], _Text(is_optional=True)]
User = Annotated[None, _Kind(C.c_void_p)]  # what C hands to callbacks: a closure needs none
Progress = Annotated[Optional[Callable[[float], Optional[bool]]], _Function(C.c_float)]

LogLevel = Literal["error", "warn", "info", "debug"]
Reasoning = Literal["auto", "off", "on"]
FlashAttn = Literal["auto", "off", "on"]
Kv = Literal["auto", "unified", "per_lane"]
Work = Literal["read", "think", "speak", "program"]
SegmentKind = Literal["prompt", "thought", "text"]
AlignMethod = Literal["soft", "linear", "identical", "kernel", "text"]
Method = Literal["baseline", "text_mas", "latent_mas"]
AnswerKind = Literal["number", "choice", "code", "free"]
Control = Literal[
    "off", "none", "prompts", "thoughts", "random", "zero", "text", "shuffled", "wrong-task"
]
AvpPayload = Literal["cells", "thoughts", "hidden"]
AvpDtype = Literal["f32", "f16", "bf16"]

ENUMS = {
    "lmas_log_level": _Names(LogLevel),
    "lmas_reasoning": _Names(Reasoning, -1),
    "lmas_flash_attn": _Names(FlashAttn, -1),
    "lmas_kv": _Names(Kv, -1),
    "lmas_work": _Names(Work),
    "lmas_segment_kind": _Names(SegmentKind),
    "lmas_align_method": _Names(AlignMethod),
    "lmas_method": _Names(Method),
    "lmas_answer_kind": _Names(AnswerKind),
    "lmas_control": _Names(Control),
    "lmas_avp_payload": _Names(AvpPayload),
    "lmas_avp_dtype": _Names(AvpDtype),
}

LIMITS = {
    "N_GPU_LAYERS_MAX": 100000,
    "N_CTX_MAX": 1 << 30,
    "N_LANES_MAX": 256,
    "N_BATCH_MAX": 1 << 20,
    "N_THREADS_MAX": 1024,
    "N_DRAFT_MAX": 15,
    "TOP_K_MAX": 1 << 24,
    "TEMPERATURE_MAX": 100,
    "LATENT_STEPS_MAX": 100000,
    "LATENT_STEPS_AUTO": -1,
    "NEW_TOKENS_MAX": 10000000,
    "TEXT_CONTEXT_MAX": 1 << 30,
    "THINK_MAX": 4096,
    "NEAR_MAX": 64,
    "FEATURES_MAX": 1 << 14,
    "STOPS_MAX": 64,
    "STOP_SIZE_MAX": 1024,
    "HOSTS_MAX": 16,
}
LATENT_STEPS_AUTO = LIMITS["LATENT_STEPS_AUTO"]  # of latent_steps: until they come to rest


class Device(NamedTuple):
    """What libllama can compute on. Sizes in bytes."""

    name: Text  # what `devices` of a model takes
    description: Text
    is_accelerator: bool
    is_remote: bool
    free_size: U64
    total_size: U64


class ModelParams(TypedDict, total=False):
    """Keywords of Model."""

    n_gpu_layers: I32  # -1: all
    devices: MaybeText  # names with commas between, "none" for the CPU; None: all
    rpc: MaybeText  # servers HOST:PORT that compute a part
    chat_template: MaybeText
    use_mmap: bool
    kernels: MaybeText  # the library's own for products: "avx512", "avx2", "off"; None: the CPU's best
    progress: Progress  # from 0 to 1, while loading
    user: User


class ModelInfo(NamedTuple):
    """What the GGUF says of itself. Sizes in bytes."""

    path: Text
    arch: Text
    name: Text
    description: Text
    kernels: Text  # what multiplies, or why libggml does
    vocab_type: Text
    chat_template: MaybeText
    bos: MaybeText  # the token that starts a text, spelled out
    fingerprint: Text
    size: U64
    n_params: U64
    mapped_size: U64  # of `size`, what lies in the mapped file
    cell_size: U64  # of one position in an f16 KV cache, 0 when unknown
    n_layer: I32
    n_embd: I32
    n_head: I32
    n_head_kv: I32
    n_vocab: I32
    n_ctx_train: I32
    is_tied: bool
    knows_reasoning: bool
    knows_date: bool
    cannot_think: MaybeText  # why this architecture takes no thoughts


class ChatParams(TypedDict, total=False):
    """What a chat template is told beside the messages."""

    kwargs: MaybeText  # a JSON object of variables
    reasoning: Annotated[Reasoning, ENUMS["lmas_reasoning"]]
    date: MaybeText


class SessionParams(TypedDict, total=False):
    """Keywords of Session."""

    n_ctx: U32  # cells (positions) of all lanes together; 0: the model's
    n_lanes: U32  # working memories that can be open at once
    n_batch: U32
    n_ubatch: U32
    n_yield: U32
    n_threads: I32
    n_threads_batch: I32
    kv: Annotated[Kv, ENUMS["lmas_kv"]]
    flash_attn: Annotated[FlashAttn, ENUMS["lmas_flash_attn"]]
    cache_type_k: Text
    cache_type_v: Text
    realign: bool  # think through W_a instead of the identity
    n_draft: U32  # most tokens guessed ahead of a speaker
    cache_dir: MaybePath
    progress: Progress  # from 0 to 1, while W_a is computed
    user: User


class Sampling(TypedDict, total=False):
    """How tokens are drawn, as in Sampling(temperature=0), which is greedy."""

    temperature: F32
    top_p: F32
    top_k: I32
    min_p: F32
    seed: U64  # with the question's id it decides every draw


class Segment(NamedTuple):
    """A stretch of a working memory: positions [pos, pos + n)."""

    agent: Text
    kind: Annotated[SegmentKind, ENUMS["lmas_segment_kind"]]
    pos: U32
    n: U32


class Align(TypedDict, total=False):
    """How thoughts go from one model to another."""

    method: Annotated[AlignMethod, ENUMS["lmas_align_method"]]
    temperature: F32
    ridge: F32
    n_features: U32
    seed: U64
    least_coverage: F32
    least_mass: F32
    least_cosine: F32


class TeamModel(NamedTuple):
    """A model that a team file names: by `file`, `hf` or `url`."""

    name: Text
    file: MaybeText
    hf: MaybeText
    url: MaybeText
    id: MaybeText


class Edge(NamedTuple):
    """What one agent hands to another. `from_` and `to` count agents from 0."""

    from_: Size
    to: Size
    carry: Text  # "none", "memory", "text", "both" or "embeds"
    is_next_round: bool
    keep: MaybeText


class Message(TypedDict, total=False):
    """What was said before a question, as OpenAI's API has it: {"role": ..., "content": ...}."""

    role: Text  # "user" or "assistant"
    content: Text


class Question(TypedDict, total=False):
    """What is asked. `note` is what only prompts with {note} say. From `team` on: what is otherwise
    than the solver's parameters say."""

    id: U64  # yours; with the seed it decides the draws
    text: Text
    kind: Annotated[AnswerKind, ENUMS["lmas_answer_kind"]]
    note: MaybeText
    other: MaybeText  # another question, for control="shuffled"
    other_note: MaybeText
    team: Size  # which of the solver's: what Solver.add() gave
    system: MaybeText  # behind the system text of each agent
    before: Annotated[Sequence[Message], _Many("Message", "n_before")]  # the conversation so far
    n_before: Size  # as many as there are: never given
    realm: U64  # beginnings that are kept serve conversations of the same realm alone
    sampling: Annotated[Sampling, _Struct("Sampling", is_pointer=True)]  # over the team's
    draws: U64  # in place of `id`, where not 0
    max_new_tokens: I32  # of the last agent, where less than it may
    stops: Annotated[Sequence[str], _Many("", "n_stops")]  # the text ends before the first of them
    n_stops: Size  # never given
    logprobs: bool  # the answer has its `tokens`, and on_token hears of them,
    top_logprobs: U32  # with so many likeliest in place of each
    n_near: U32  # in place of the team's, where more


class Near(NamedTuple):
    """A token near to a thought, or likely in place of another; `score` is a probability (of a
    spoken one its logarithm) or a cosine."""

    text: Text
    token: I32
    score: F32


class Spoken(NamedTuple):
    """A token of the last agent, and how likely it was before the sampling. Its text is bytes: a
    character may take several tokens."""

    text: Annotated[bytes, _Raw("size")]
    size: Size
    token: I32  # its id
    logprob: F32
    top: Annotated[List[Near], _Many("Near", "n_top")]  # the likeliest first
    n_top: U32


class Thought(NamedTuple):
    """What a thought was like: `head` and `input` are [n_near], likeliest and nearest first."""

    head: Annotated[List[Near], _Many("Near", "n_near")]
    input: Annotated[List[Near], _Many("Near", "n_near")]
    n_near: U32
    norm: F32
    entropy: F32  # nats
    cosine_before: F32  # NaN of the first
    cosine_prompt: F32


class AgentTrace(NamedTuple):
    """What one agent did. Times in milliseconds, sizes in bytes."""

    name: Text
    round: U32  # from 1
    n_to_rest: U32
    input: Text  # the prompt as the model read it
    output: Text  # what it spoke, "" when it only thought
    n_read: U32
    n_thought: U32
    n_spoken: U32
    n_shared: U32
    n_kept: U32
    n_dropped: U32
    kept_size: U64
    dropped_size: U64
    read_ms: F64
    think_ms: F64
    speak_ms: F64
    program_ms: F64
    pos_begin: U32
    pos_end: U32
    is_cut: bool
    is_circling: bool
    thoughts: Annotated[List[Thought], _Many("Thought", "n_thought")]  # [] unless n_near asks
    probe: MaybeText
    model: MaybeText
    crossing: MaybeText
    remote_ms: F64


class Answer(NamedTuple):
    """How one question ended. Times in milliseconds."""

    id: U64
    status: Annotated[Status, _Ended(C.c_int)]
    error: Text  # "" when it did not fail
    is_lost: bool
    is_refused: bool
    text: Text
    marked: MaybeText
    agents: Annotated[List[AgentTrace], _Many("AgentTrace", "n_agents")]
    n_agents: Size
    n_read: U64
    n_thought: U64
    n_spoken: U64
    n_shared: U64
    n_kept: U64
    n_dropped: U64
    read_ms: F64
    think_ms: F64
    speak_ms: F64
    elapsed_ms: F64
    tokens: Tuple[Spoken, ...] = ()  # the last agent's, where logprobs=True asked for them

    def check(self) -> Answer:
        """Itself; raises what failed the question."""
        if self.status != Status.OK:
            raise _error(self.status, self.error)
        return self


OnSpeech = Optional[Callable[[int, str], Optional[bool]]]
OnToken = Optional[Callable[[int, Spoken], Optional[bool]]]
OnAgent = Optional[Callable[[int, AgentTrace], Optional[bool]]]
OnMemory = Optional[Callable[[int, "Memory"], Optional[bool]]]
OnResult = Optional[Callable[[Answer], Optional[bool]]]


class SolverParams(TypedDict, total=False):
    """Keywords of Solver, Session.ask() and Session.stream()."""

    method: Annotated[Method, ENUMS["lmas_method"]]
    control: Annotated[Control, ENUMS["lmas_control"]]
    latent_steps: I32  # thoughts of each agent but the last, or LATENT_STEPS_AUTO
    latent_steps_max: I32
    rest_entropy: F32  # nats
    max_new_tokens: I32
    text_context_length: I32  # bytes, -1 for all
    share_prefixes: bool
    allow_tools: bool
    first_speaks: bool
    splices: bool
    n_near: U32  # tokens near to each thought
    n_probe: U32  # tokens that silent agents would say
    think: MaybeText
    keep_rule: MaybeText  # such as "knn:0.8"; keep_check() says whether it can be
    origin: Annotated[Optional[Memory], _Pointer("Memory")]  # what turns begin with; lent
    hosts: Annotated[Sequence[Host], _Many("Host", "n_hosts")]
    agent_hosts: Annotated[Sequence[str], _Many("", "n_agent_hosts")]
    n_hosts: Size  # as many as there are: never given
    n_agent_hosts: Size
    align: Annotated[Align, _Struct("Align")]
    speaker: Annotated[Optional[Remote], _Pointer("Remote")]
    chat: Annotated[ChatParams, _Struct("ChatParams")]
    sampling: Annotated[Sampling, _Struct("Sampling")]
    kept_size: U64  # bytes in which beginnings of conversations are kept, of all teams
    on_speech: Annotated[OnSpeech, _Function(C.c_uint64, C.c_void_p, C.c_size_t)]
    on_token: Annotated[OnToken, _Function(C.c_uint64, C.c_void_p)]
    on_agent: Annotated[OnAgent, _Function(C.c_uint64, C.c_void_p)]
    on_memory: Annotated[OnMemory, _Function(C.c_uint64, C.c_void_p)]  # see Solver
    on_result: Annotated[OnResult, _Function(C.c_void_p)]
    user: User


Asked = Union[str, Sequence[Message]]  # a question; or messages, whose last one it is


class AskParams(SolverParams, Question, total=False):
    """Keywords of Session.ask() and Session.stream(): the solver's and the question's. Those that
    both have (sampling, max_new_tokens, n_near) are the solver's: they say for all agents."""


class Running(NamedTuple):
    """A question under way: whose turn it is, how far that is, what it took so far."""

    id: U64
    agent: Text
    turn: Size  # from 0
    n_turns: Size
    work: Annotated[Work, ENUMS["lmas_work"]]
    n_done: U32
    n_most: U32
    n_read: U64
    n_thought: U64
    n_spoken: U64
    engine_ms: F64


class Needs(NamedTuple):
    """What one question takes of a session: lanes, and cells (positions)."""

    n_lanes: U32
    n_lanes_least: U32
    n_cells: U32  # in one lane
    n_cells_all: U32  # in all of them
    copies_origin: bool


class Host(TypedDict, total=False):
    """Where agents are that are not on the solver's session: a session, or a Remote."""

    name: Text
    model: Annotated[Optional[Model], _Pointer("Model")]
    session: Annotated[Optional[Session], _Pointer("Session")]
    remote: Annotated[Optional[Remote], _Pointer("Remote")]


class RemoteParams(TypedDict, total=False):
    """Keywords of Remote."""

    model: MaybeText
    key_file: MaybePath
    n_at_once: U32
    n_tries: U32
    timeout_s: F32  # seconds
    is_bf16: bool


class RemoteInfo(NamedTuple):
    """What a server said of itself."""

    url: Text
    model: Text
    api: Text
    version: Text
    n_ctx: U32
    n_embd: U32
    tells_tokens: bool


class MemoryFileParams(TypedDict, total=False):
    """Key files, and whether a memory may be rebuilt."""

    key_file: MaybePath
    sign_file: MaybePath
    signed_by_file: MaybePath
    must_be_same: bool


class MemoryFileInfo(NamedTuple):
    """What a memory file says of itself. Sizes in bytes."""

    fingerprint: Text
    arch: Text
    version: Text
    engine: Text
    cache_type_k: Text
    cache_type_v: Text
    flash_attn: Text
    segments: Annotated[List[Segment], _Many("Segment", "n_segments")]
    n_segments: Size
    size: U64
    state_size: U64
    n_tokens: U64
    n_thoughts: U64
    n_pos: U32
    n_layer: I32
    n_embd: I32
    n_vocab: I32
    signed_by: MaybeText
    is_sealed: bool
    is_seal_checked: bool
    can_rebuild: bool
    can_think: bool
    can_speak: bool


class AvpParams(TypedDict, total=False):
    """How an AVP frame is written, and what one that is read must have."""

    payload: Annotated[AvpPayload, ENUMS["lmas_avp_payload"]]
    dtype: Annotated[AvpDtype, ENUMS["lmas_avp_dtype"]]
    is_packed: bool
    model_hash: MaybeText
    agent: MaybeText


STRUCTS: Dict[str, Any] = {
    "lmas_device": Device,
    "lmas_model_params": ModelParams,
    "lmas_model_info": ModelInfo,
    "lmas_chat_params": ChatParams,
    "lmas_session_params": SessionParams,
    "lmas_sampling": Sampling,
    "lmas_segment": Segment,
    "lmas_align": Align,
    "lmas_team_model": TeamModel,
    "lmas_edge": Edge,
    "lmas_message": Message,
    "lmas_question": Question,
    "lmas_near": Near,
    "lmas_spoken": Spoken,
    "lmas_thought": Thought,
    "lmas_agent_trace": AgentTrace,
    "lmas_result": Answer,
    "lmas_solver_params": SolverParams,
    "lmas_running": Running,
    "lmas_needs": Needs,
    "lmas_host": Host,
    "lmas_remote_params": RemoteParams,
    "lmas_remote_info": RemoteInfo,
    "lmas_memory_file_params": MemoryFileParams,
    "lmas_memory_file_info": MemoryFileInfo,
    "lmas_avp_params": AvpParams,
}

# ---- The library: its functions, and where it is ------------------------------------------------

# Name without lmas_, result, arguments: v nothing, e a status, s a text, p a pointer, b bool,
# i int32, u uint32, q uint64, z size_t, c an enumeration; D a struct of defaults.
FUNCTIONS = """
version:s engine_version:s status_name:sc last_error:s log_set:vpp device_at:bpz n_cores:i
model_params_default:D model_open:epsp model_close:vp model_describe:pp model_target_norm:epp
model_count_tokens:epps chat_params_default:D model_format_chat:eppssp text_free:vp
model_synthesize:esspp synthetic_shape:sz
session_params_default:D session_new:eppp session_free:vp session_n_ctx:up session_n_lanes:up
session_n_ubatch:up session_drafted:vpp session_n_threads:ip session_n_threads_batch:ip
session_realignment:sp session_cannot_think:sp session_cancel:vp session_resume:vp
session_measure:eppcuu
sampling_default:D memory_new:epp memory_free:vp memory_copy:epp memory_read:epss
memory_think:epsi memory_speak:epsippp memory_n_pos:up memory_n_segments:zp memory_segment:ppz
align_name:sc align_parse:bps align_default:D
team_builtin:eps team_builtin_name:sz team_open:eps team_parse:epssz team_open_prompts:epss
team_free:vp team_name:sp team_n_agents:zp team_agent_name:spz team_model_at:bppz
team_agent_model:spz team_agent_program:spz team_source:sp team_edge:bppz team_n_rounds:zp
team_remark:spz method_name:sc method_parse:bps answer_kind_name:sc answer_kind_parse:bps
team_can_answer:bpcc control_name:sc control_parse:bps keep_check:es
solver_params_default:D solver_new:epppp solver_free:vp solver_add:epppp solver_submit:epp
solver_cancel:epq solver_tick:ep solver_n_open:zp solver_run:ep solver_running:bppz
question_needs:eppppp solve:epppps answer_result:pp answer_free:vp
remote_params_default:D remote_open:epsp remote_free:vp remote_describe:pp remote_match:epp
memory_file_params_default:D memory_file_check:ep memory_keygen:es memory_save:epsp
memory_load:eppsp memory_rebuilt:sp memory_file_open:epsp memory_file_describe:pp
memory_file_free:vp memory_file_mean:epzp avp_tokenizer_hash:epzp
avp_params_default:D memory_export:epsp memory_import:eppsp avp_n_pos:eps
"""
_TYPES: Dict[str, Any] = {"v": None, "e": C.c_int, "s": C.c_char_p, "p": C.c_void_p, "b": C.c_bool}
_TYPES.update(i=C.c_int32, u=C.c_uint32, q=C.c_uint64, z=C.c_size_t, c=C.c_int, f=C.c_float)
_DEFAULTS = {"lmas_" + word[:-2] for word in FUNCTIONS.split() if word.endswith(":D")}
_loaded: List[Any] = []
_loading = threading.Lock()


def load(path: Optional[AnyPath] = None) -> str:
    """Load the library from `path`, before anything else is called; where it came from.

    Without a path: LATENTMAS_LIBRARY; else beside this file, installed or in a checkout; else
    where the loader finds it. LibraryMissing names what was tried.
    """
    with _loading:
        if not _loaded:
            lib = _find([os.fspath(path)] if path else _places())
            _declare(lib)
            _loaded.append(lib)
            atexit.register(_at_exit)
    return str(_loaded[0]._name)


def _lib() -> Any:
    if not _loaded:
        load()
    return _loaded[0]


def _places() -> List[str]:
    given = os.environ.get("LATENTMAS_LIBRARY")
    if given:
        return [given]
    soname = "liblatentmas.so." + HEADER_VERSION.split(".")[0]
    here = Path(__file__).resolve().parent
    near = [here / "../../../lib" / soname, here / "../../build" / soname]
    return [os.path.normpath(p) for p in near] + [soname]


def _find(places: List[str]) -> Any:
    tried = []
    for place in places:
        try:
            return C.CDLL(place)
        except OSError as error:
            tried.append(str(error) if place in str(error) else f"{place}: {error}")
    raise LibraryMissing(
        Status.IO, "no liblatentmas: set LATENTMAS_LIBRARY to its path; tried " + "; ".join(tried)
    )


def _declare(lib: Any) -> None:
    """Tell ctypes the functions; refuse a library whose structs may be laid out otherwise."""
    lib.lmas_version.restype = C.c_char_p
    version = lib.lmas_version().decode()
    if version.split(".")[:2] != HEADER_VERSION.split(".")[:2]:
        raise LibraryMissing(
            Status.INVALID,
            f"{lib._name} is latentmas {version}, this binding is of {HEADER_VERSION}: "
            "take latentmas.py of the same version, or set LATENTMAS_LIBRARY to another library",
        )
    for word in FUNCTIONS.split():
        name, code = word.split(":")
        function = getattr(lib, "lmas_" + name, None)
        if function is None:
            raise LibraryMissing(Status.INVALID, f"{lib._name} lacks lmas_{name}: build it anew")
        if code == "D":
            function.restype = _layout(STRUCTS["lmas_" + name[: -len("_default")]])
        else:
            function.restype = _TYPES[code[0]]
            function.argtypes = [_TYPES[c] for c in code[1:]]
        if code[0] == "e":
            function.errcheck = _check


def _check(status: int, *_: Any) -> None:
    """Behind every call that can fail, in its thread."""
    if status:
        raise _error(status, _lib().lmas_last_error().decode("utf-8", "replace"))


def _str(raw: Optional[bytes]) -> Optional[str]:
    return None if raw is None else raw.decode("utf-8", "replace")


def _at(cls: Type[T], address: Optional[int]) -> T:
    """A copy of the struct at an address."""
    any_cls: Any = cls
    return cast(T, _copy(any_cls, _layout(any_cls).from_address(address)))


def _texts(get: Callable[[int], Optional[bytes]]) -> List[str]:
    """Those of 0, 1, ... until there is none."""
    return [t.decode("utf-8", "replace") for t in iter(map(get, itertools.count()).__next__, None)]


def _structs(cls: Type[T], get: Callable[[Any, int], bool]) -> List[T]:
    any_cls: Any = cls
    struct = _layout(any_cls)()
    found: List[T] = []
    while get(C.byref(struct), len(found)):
        found.append(_copy(any_cls, struct))
    return found


# ---- Calls: one thread at a time in a session, Ctrl-C, exceptions of callbacks ------------------


class _Bell:
    """Wakes one who waits. To ring twice is to ring once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.wait = self._lock.acquire
        self.wait()

    def ring(self) -> None:
        try:
            self._lock.release()
        except RuntimeError:  # it has been rung
            pass


class _Gate:
    """Lets one call at a time into a session and all that is made of it (or a model, a server)."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.owner: Optional[int] = None  # the thread that made the call
        self.late: Deque[Callable[[], None]] = deque()  # what waits for the gate to be free
        self.pin = threading.RLock()  # holds the session while it is canceled
        self.session: Optional[int] = None
        self.is_canceled = False  # by the user, and not resumed

    def enter(self, call: _Call) -> None:
        while not self.lock.acquire(timeout=0.05):
            if call.error is not None or time.monotonic() > call.deadline:
                raise Canceled(Status.CANCELED, "stopped while another thread used the session")
        self.owner = call.caller

    def leave(self) -> None:
        self.owner = None
        self.lock.release()
        self.run_late()

    def run_late(self) -> None:
        if self.late and self.lock.acquire(blocking=False):
            self.lock.release()
            try:
                action = self.late.popleft()
            except IndexError:  # another thread did it
                return
            action()
            self.run_late()

    def signal(self, name: str) -> None:
        with self.pin:
            if self.session:
                getattr(_lib(), name)(self.session)


class _Call:
    """One call into the library, behind the gates it needs.

    In the main thread, where Ctrl-C is heard, a helper thread makes the call for it: the main
    thread waits, runs the callbacks, and stops the call when either raises.
    """

    def __init__(self, gates: Iterable[_Gate] = (), deadline: float = float("inf")) -> None:
        self.gates = sorted(set(gates), key=id)
        self.deadline = deadline
        self.caller = threading.get_ident()
        self.error: Optional[BaseException] = None  # what the caller is to be told
        self._is_helped = threading.current_thread() is threading.main_thread()
        self._is_over = self._is_inside = self._is_stopped = False
        self._pin = threading.RLock()
        self._bell, self._answered = _Bell(), _Bell()
        self._request: Optional[Tuple[Callable[..., Any], Tuple[Any, ...]]] = None
        self._goes_on = True
        self._value: Any = None
        self._failure: Optional[BaseException] = None

    def run(self, job: Callable[[], T]) -> T:
        if any(gate.owner == self.caller for gate in self.gates):
            raise _invalid(
                "the session is in a call, and this is one of its callbacks: wait for its end"
            )
        if self._is_helped:
            self._is_helped = _help(self._work, job)
        if self._is_helped:
            self._wait()
        else:
            self._work(job)
        failure = self._failure if self.error is None else self.error
        if failure is None and _log_failures:
            failure = _log_failures.popleft()
        self.error = self._failure = None  # or its traceback would hold this, and this holds it
        if failure is not None:
            try:
                raise failure
            finally:
                del failure
        return cast(T, self._value)

    def ask(self, fn: Callable[..., Any], *args: Any) -> bool:
        """On the library's side: have the caller's thread call `fn`. Whether to go on."""
        self._request = fn, args
        if self._is_helped:
            self._bell.ring()
            self._answered.wait()
        else:
            self._answer_here()
        self._request = None
        return self._goes_on

    def _work(self, job: Callable[[], Any]) -> None:
        try:
            self._value = self._behind_gates(job)
        except BaseException as failure:  # the caller's, who is told behind _wait()
            self._failure = failure
        self._is_over = True
        self._bell.ring()

    def _behind_gates(self, job: Callable[[], T]) -> T:
        with contextlib.ExitStack() as stack:
            for gate in self.gates:
                gate.enter(self)
                stack.callback(gate.leave)
            self._is_inside = True
            stack.callback(self._go_out)
            return job()

    def _go_out(self) -> None:
        with self._pin:
            self._is_inside = False
            for gate in self.gates if self._is_stopped else ():
                if not gate.is_canceled:
                    gate.signal("lmas_session_resume")

    def _wait(self) -> None:
        try:
            while not self._is_over:
                self._bell.wait()
                self._answer()
        except BaseException as error:  # Ctrl-C, or a callback's
            self._stop(error)
            self._wait()

    def _answer(self) -> None:
        if self._request is not None:
            fn, args = self._request
            self._goes_on = False
            self._goes_on = self.error is None and fn(*args) is not False
            self._answered.ring()

    def _answer_here(self) -> None:
        try:
            self._answer()
        except BaseException as error:
            self._stop(error)

    def _stop(self, error: BaseException) -> None:
        self.error = self.error or error
        with self._pin:
            self._is_stopped = True
            for gate in self.gates if self._is_inside else ():
                gate.signal("lmas_session_cancel")
        self._bell.ring()


_helpers = concurrent.futures.ThreadPoolExecutor(64, "latentmas")
_log_failures: Deque[BaseException] = deque()  # what log callbacks raised


def _help(work: Callable[..., None], job: Callable[[], Any]) -> bool:
    """Have a helper thread do it; False while the interpreter ends, which allows no new ones."""
    try:
        _helpers.submit(work, job)
    except RuntimeError:
        return False
    return True


def _renew_helpers() -> None:
    """Threads do not come along into a forked process."""
    global _helpers
    _helpers = concurrent.futures.ThreadPoolExecutor(64, "latentmas")


os.register_at_fork(after_in_child=_renew_helpers)


# ---- What is owned, and the order in which it goes ----------------------------------------------


class _Handle:
    """One object of the library, what it was made of, and what was made of it.

    The garbage collector may drop objects in any order: a dropped one waits for its children.
    """

    def __init__(
        self, what: str, ptr: int, free: str, parents: Sequence[_Handle], gates: Sequence[_Gate]
    ) -> None:
        self.what, self.parents, self.gates = what, parents, tuple(gates)
        self.free = getattr(_lib(), free) if free else None  # the modules may go before the last
        self.ptr: Optional[int] = ptr
        self.children: Set[_Handle] = set()
        self.is_dropped = False
        self.borrowed: List[Any] = []  # what C reads as long as it lives
        for parent in parents:
            parent.children.add(self)

    def keep(self, parents: Sequence[_Handle], borrowed: Any) -> None:
        """It was made of these, too."""
        self.parents = [*self.parents, *parents]
        self.borrowed.append(borrowed)
        for parent in parents:
            parent.children.add(self)

    def get(self) -> int:
        if not self.ptr:
            raise Closed(Status.INVALID, f"this {self.what} is closed")
        return self.ptr

    def close(self, deadline: float = float("inf")) -> None:
        """Now, children first; waits for calls of other threads."""
        for child in list(self.children):
            child.close(deadline)
        if self.ptr:
            _Call(self.gates, deadline).run(self._free)

    def drop(self) -> None:
        """Nobody holds it any more."""
        self.is_dropped = True
        if self.ptr and not self.children:
            self._free_when_idle()

    def _free_when_idle(self) -> None:
        """Never waits: where a call is on, whoever leaves its gate does this again."""
        held = []
        for gate in self.gates:
            if not gate.lock.acquire(blocking=False):
                gate.late.append(self._free_when_idle)
                break
            held.append(gate)
        else:
            self._free()
        for gate in held:
            gate.lock.release()
        for gate in self.gates:
            gate.run_late()

    def _free(self) -> None:
        ptr, self.ptr = self.ptr, None
        for gate in self.gates:
            with gate.pin:
                gate.session = None if gate.session == ptr else gate.session
        if ptr and self.free:
            self.free(ptr)
        for parent in self.parents:
            parent.children.discard(self)
        for parent in self.parents:
            if parent.is_dropped:
                parent.drop()


class _Object:
    """Something of the library's. A context manager; close() may be called twice."""

    _handle: _Handle

    def _own(
        self,
        call: _Call,
        free: str,
        parents: Sequence[_Object],
        gates: Sequence[_Gate],
        make: Callable[[Any], object],
    ) -> None:
        """Have `make` write it to where it is told."""

        def job() -> None:
            out = C.c_void_p()
            make(C.byref(out))
            above = [parent._handle for parent in parents]
            self._handle = _Handle(type(self).__name__, out.value or 0, free, above, gates)

        call.run(job)

    def _run(self, name: str, *args: Any, call: Optional[_Call] = None) -> Any:
        """Call a function whose first argument is this object."""
        function = getattr(_lib(), "lmas_" + name)
        job = lambda: function(self._handle.get(), *args)
        return (call or _Call(self._handle.gates)).run(job)

    def close(self) -> None:
        """Free it and what was made of it. Invalid from inside a callback of one of its calls."""
        self._handle.close()

    @property
    def is_closed(self) -> bool:
        return not self._handle.ptr

    def __enter__(self: S) -> S:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        handle = getattr(self, "_handle", None)
        if handle:
            handle.drop()


S = TypeVar("S", bound=_Object)


def _need(value: Any, cls: Type[S]) -> S:
    if not isinstance(value, cls):
        raise TypeError(f"a {cls.__name__} is needed, not {value!r}")
    return value


def _at_exit() -> None:
    """At exit a GPU's driver may be gone, and so may what a log line is handed to."""
    _loaded[0].lmas_log_set(None, None)
    for model in list(_models):
        with contextlib.suppress(LatentmasError):
            model.close(time.monotonic() + 2)


_models: weakref.WeakSet[_Handle] = weakref.WeakSet()

# ---- What needs no object -----------------------------------------------------------------------


def version() -> str:
    """Of the library."""
    return cast(str, _str(_lib().lmas_version()))


def engine_version() -> str:
    """Of the libllama in use."""
    return cast(str, _str(_lib().lmas_engine_version()))


def devices() -> List[Device]:
    """What libllama can compute on."""
    return _structs(Device, _lib().lmas_device_at)


def n_cores() -> int:
    """The cores that this process may use."""
    return int(_lib().lmas_n_cores())


_log_fn: Optional[Callable[[LogLevel, str], object]] = None


def _hear_log(user: Optional[int], level: int, line: bytes) -> None:
    try:
        if _log_fn is not None:
            name = ENUMS["lmas_log_level"].to_py(level, None)
            _log_fn(cast(LogLevel, name), line.decode("utf-8", "replace"))
    except BaseException as failure:  # the call that the line is of, or the next, raises it
        _log_failures.append(failure)


_on_log = C.CFUNCTYPE(None, C.c_void_p, C.c_int, C.c_char_p)(_hear_log)


def set_log(fn: Optional[Callable[[LogLevel, str], object]]) -> None:
    """Send log lines, the library's and libllama's, to fn(level, line); None drops them.

    Lines may come from any thread. Set it before a model is opened.
    """
    global _log_fn
    _log_fn = fn
    _lib().lmas_log_set(_on_log if fn else None, None)


def team_names() -> List[str]:
    """Of the built-in teams."""
    return _texts(_lib().lmas_team_builtin_name)


def keep_check(rule: str) -> None:
    """Raise Invalid, with what `keep_rule` may say, where it may not say this."""
    _Call().run(lambda: _lib().lmas_keep_check(_bytes(rule)))


def synthetic_shapes() -> List[str]:
    """Shapes of synthesize()."""
    return _texts(_lib().lmas_synthetic_shape)


def synthesize(
    path: AnyPath, spec: str, progress: Optional[Callable[[float], Optional[bool]]] = None
) -> None:
    """Write a model with random weights, SHAPE:TYPE such as "qwen3-0.6b:q8_0", to measure speed."""
    call = _Call()
    told = _kinds(ModelParams)["progress"].to_c(progress or _go_on, call.ask)
    args = (_bytes(path), _bytes(spec), told, None)
    call.run(lambda: _lib().lmas_model_synthesize(*args))


def keygen(path: AnyPath) -> None:
    """Make a pair of keys to sign memory files with: `path`, secret, and `path`.pub."""
    _Call().run(lambda: _lib().lmas_memory_keygen(_bytes(path)))


def memory_file_info(path: AnyPath, **params: Unpack[MemoryFileParams]) -> MemoryFileInfo:
    """What a memory file says of itself; all of it is checked. Needs no model."""

    def job() -> MemoryFileInfo:
        lib, out, c = _lib(), C.c_void_p(), _fill(MemoryFileParams, params)
        lib.lmas_memory_file_open(C.byref(out), _bytes(path), C.byref(c))
        try:
            return _at(MemoryFileInfo, lib.lmas_memory_file_describe(out))
        finally:
            lib.lmas_memory_file_free(out)

    return _Call().run(job)


def memory_file_check(**params: Unpack[MemoryFileParams]) -> None:
    """Whether the key files can be used: raises what saving and loading would."""
    _Call().run(lambda: _lib().lmas_memory_file_check(C.byref(_fill(MemoryFileParams, params))))


def avp_n_pos(path: AnyPath) -> int:
    """Positions that the AVP frame in the file takes of a lane."""
    out = C.c_uint32()
    _Call().run(lambda: _lib().lmas_avp_n_pos(C.byref(out), _bytes(path)))
    return out.value


def _go_on(*_: object) -> None:
    """Progress that nobody asked for: it lets Ctrl-C in."""


# ---- Model and session --------------------------------------------------------------------------


class Model(_Object):
    """A loaded GGUF. `info` is what it says of itself; it does not change, and threads share it."""

    def __init__(self, path: AnyPath, **params: Unpack[ModelParams]) -> None:
        """Load the file: costs its size in memory. ModelRefused where it cannot be run."""
        call = _Call()
        c = _fill(ModelParams, {"progress": _go_on, **params}, call.ask)
        lib, name = _lib(), _bytes(path)
        make = lambda out: lib.lmas_model_open(out, name, C.byref(c))
        self._own(call, "lmas_model_close", (), (_Gate(),), make)
        _models.add(self._handle)
        self.info: ModelInfo = _at(ModelInfo, self._run("model_describe"))

    def session(self, **params: Unpack[SessionParams]) -> Session:
        """A KV cache on this model."""
        return Session(self, **params)

    def count_tokens(self, text: str) -> int:
        """Tokens of the text. Special tokens that it spells out are recognised, none is added."""
        return int(self._number(C.c_uint32(), "model_count_tokens", _bytes(text)))

    def target_norm(self) -> float:
        """Mean L2 norm of the rows of W_in [n_vocab, n_embd]: the size that thoughts get."""
        return float(self._number(C.c_float(), "model_target_norm"))

    def format_chat(
        self, user: str, system: Optional[str] = None, **params: Unpack[ChatParams]
    ) -> str:
        """One chat turn as the model was trained to see it, up to where the assistant begins."""
        lib, c = _lib(), _fill(ChatParams, params)
        texts = None if system is None else _bytes(system), _bytes(user)

        def job() -> str:
            out = C.c_void_p()
            lib.lmas_model_format_chat(C.byref(out), self._handle.get(), *texts, C.byref(c))
            try:
                return C.string_at(out.value or 0).decode("utf-8", "replace")
            finally:
                lib.lmas_text_free(out)

        return _Call(self._handle.gates).run(job)

    def _number(self, out: Any, name: str, *args: Any) -> Any:
        function = getattr(_lib(), "lmas_" + name)
        job = lambda: function(C.byref(out), self._handle.get(), *args)
        _Call(self._handle.gates).run(job)
        return out.value


class SessionInfo(NamedTuple):
    """A session as granted: cells of all lanes together, lanes, most rows computed at once,
    threads for thinking and speaking, and for reading; "norm" or "matrix"; why it cannot think."""

    n_ctx: int
    n_lanes: int
    n_ubatch: int
    n_threads: int
    n_threads_batch: int
    realignment: str
    cannot_think: Optional[str]


class Session(_Object):
    """A KV cache cut into lanes. It keeps its model; one call at a time is in it, others wait."""

    def __init__(self, model: Model, **params: Unpack[SessionParams]) -> None:
        """NoMemory when the cache does not fit."""
        call = _Call(_need(model, Model)._handle.gates)
        c = _fill(SessionParams, {"progress": _go_on, **params}, call.ask)
        make = lambda out: _lib().lmas_session_new(out, model._handle.get(), C.byref(c))
        gate = _Gate()
        self._own(call, "lmas_session_free", (model,), (gate,), make)
        gate.session = self._handle.ptr
        self.model = model
        got = [self._run("session_" + name) for name in SessionInfo._fields]
        texts: List[Any] = [_str(v) if isinstance(v, bytes) else v for v in got]
        self.info = SessionInfo(*texts)

    def memory(self) -> Memory:
        """An empty working memory on a free lane. ContextFull when none is left."""
        make = lambda out: _lib().lmas_memory_new(out, self._handle.get())
        return Memory._make(self, make)

    def load_memory(self, path: AnyPath, **params: Unpack[MemoryFileParams]) -> Memory:
        """The memory of a file, on a free lane: bit for bit, or rebuilt (Memory.rebuilt)."""
        name, c = _bytes(path), _fill(MemoryFileParams, params)
        make = lambda out: _lib().lmas_memory_load(out, self._handle.get(), name, C.byref(c))
        return Memory._make(self, make)

    def import_memory(self, path: AnyPath, **params: Unpack[AvpParams]) -> Memory:
        """The memory of an AVP frame. Cells must read before they go on."""
        name, c = _bytes(path), _fill(AvpParams, params)
        make = lambda out: _lib().lmas_memory_import(out, self._handle.get(), name, C.byref(c))
        return Memory._make(self, make)

    def solver(self, team: Team, **params: Unpack[SolverParams]) -> Solver:
        """Drive the team over many questions."""
        return Solver(self, team, **params)

    def ask(self, team: Team, text: Asked, /, **params: Unpack[AskParams]) -> Answer:
        """One question, and wait. Raises what failed it. Messages as OpenAI's API has them do in
        place of a text: the last one is the question, system ones are `system`."""
        asked, rest = _split(params)
        with Solver(self, team, **rest) as solver:
            solver.submit(text, **asked)
            return next(solver).check()

    def stream(self, team: Team, text: Asked, /, **params: Unpack[AskParams]) -> Stream:
        """One question, and an iterator over pieces of the last agent's text; see Stream."""
        asked, rest = _split(params)
        return Stream(Solver(self, team, **rest), text, asked, is_alone=True)

    def cancel(self) -> None:
        """Stop what runs, and all that would compute, with Canceled, until resume(). From any
        thread, and from a signal handler. What a stopped call had not finished is undone."""
        self._set_canceled(True)

    def resume(self) -> None:
        """Take cancel() back: a solver's questions go on where they were."""
        self._set_canceled(False)

    def drafted(self) -> Tuple[int, int]:
        """Tokens guessed ahead of speakers so far (n_draft), and those of them that were right."""
        out = (C.c_uint64 * 2)()
        self._run("session_drafted", out)
        return out[0], out[1]

    def measure(self, work: Work, n: int, depth: int = 0) -> float:
        """Milliseconds in which every lane reads, thinks or speaks `n` behind `depth` positions.
        All lanes must be free."""
        out, kind = C.c_double(), ENUMS["lmas_work"].to_c(work)
        numbers = [_kinds(Segment)["n"].to_c(v, None) for v in (n, depth)]
        job = lambda: _lib().lmas_session_measure(C.byref(out), self._handle.get(), kind, *numbers)
        _Call(self._handle.gates).run(job)
        return out.value

    def _set_canceled(self, is_canceled: bool) -> None:
        self._handle.get()
        gate = self._handle.gates[0]
        gate.is_canceled = is_canceled
        gate.signal("lmas_session_cancel" if is_canceled else "lmas_session_resume")


def _split(params: Mapping[str, Any]) -> Tuple[Any, Any]:
    """What is the question's, and what the solver's: that of both, too."""
    names = set(_kinds(Question)) - set(_kinds(SolverParams))
    asked = {k: v for k, v in params.items() if k in names}
    return asked, {k: v for k, v in params.items() if k not in names}


def _question(text: Any, given: Mapping[str, Any]) -> Dict[str, Any]:
    """A question's fields: a text and what goes with it, or messages."""
    if given.get("top_logprobs") and not given.get("logprobs"):
        raise _invalid("top_logprobs: it needs logprobs=True")
    if not isinstance(text, (list, tuple)):
        return {**given, "text": text}
    found = _read_messages(text)
    twice = [name for name in ("system", "before") if found.get(name) and given.get(name)]
    if twice:
        raise _invalid(f"{twice[0]}: the messages say it as well")
    return {**given, **found}


def _read_messages(messages: Sequence[Any]) -> Dict[str, Any]:
    """The last one is the question; those before it, but for the system's, the conversation."""
    for i, m in enumerate(messages):
        if not isinstance(m, Mapping) or not isinstance(m.get("content"), str):
            raise _invalid(f"messages[{i}]: a role and a text as content are needed, not {m!r}")
    if not messages or messages[-1].get("role") != "user":
        raise _invalid("messages: the last one must be the user's, which the team answers")
    systems = [m for m in messages if m.get("role") in ("system", "developer")]
    found = {
        "system": "\n\n".join(m["content"] for m in systems),
        "before": [m for m in messages[:-1] if m not in systems],
    }
    return {**{k: v for k, v in found.items() if v}, "text": messages[-1]["content"]}


# ---- Working memory, by hand --------------------------------------------------------------------


class Memory(_Object):
    """One lane of a session, extended in turn: read, think, speak. Session.memory() makes one.

    A solver that begins with it (`origin`) has it until it is closed: nothing else may change it.
    """

    session: Session

    def __init__(self) -> None:
        raise TypeError("session.memory(), load_memory() and import_memory() make memories")

    @classmethod
    def _make(cls, session: Session, make: Callable[[Any], object]) -> Memory:
        self = cls.__new__(cls)
        gates = session._handle.gates
        self._own(_Call(gates), "lmas_memory_free", (session,), gates, make)
        self.session = session
        return self

    @classmethod
    def _lend(cls, session: Session, ptr: int) -> Memory:
        """One of a solver's, inside its callback: not ours to free, and behind no gate."""
        self = cls.__new__(cls)
        self._handle = _Handle("Memory", ptr, "", (), ())
        self.session = session
        return self

    def read(self, agent: str, text: str) -> None:
        """Read the text as it stands: no chat template, no token added. Of `agent`'s segment."""
        self._change("memory_read", _bytes(agent), _bytes(text))

    def think(self, agent: str, n_steps: int) -> None:
        """Think so many thoughts from where the memory stands: e = realign(h), h = model(e)."""
        self._change(
            "memory_think", _bytes(agent), _kinds(ModelInfo)["n_layer"].to_c(n_steps, None)
        )

    def speak(
        self,
        agent: str,
        n_max_tokens: int,
        sampling: Optional[Sampling] = None,
        on_text: Optional[Callable[[str], Optional[bool]]] = None,
    ) -> str:
        """Speak at most so many tokens, or until the turn ends; the text. `on_text` gets each piece
        as it comes. The last token stays out of the memory."""
        pieces: List[str] = []
        call = _Call(self._handle.gates)

        def hear(user: Optional[int], text: int, size: int) -> bool:
            pieces.append(C.string_at(text, size).decode("utf-8", "replace"))
            return call.ask(on_text or _go_on, pieces[-1])

        n = _kinds(ModelInfo)["n_layer"].to_c(n_max_tokens, None)
        c = C.byref(_fill(Sampling, sampling or {}))
        self._change("memory_speak", _bytes(agent), n, c, _OnText(hear), None, call=call)
        return "".join(pieces)

    def copy_to(self, other: Memory) -> None:
        """`other`, of the same session, becomes what this is: its cells and segments. It must
        read before it thinks or speaks. In on_memory, too."""
        to = _need(other, Memory)._handle
        if to.children:
            raise _invalid("a solver begins with that memory: close the solver first")
        gates = (
            (*self._handle.gates, *to.gates) if self._handle.free else ()
        )  # in on_memory: inside
        _Call(gates).run(lambda: _lib().lmas_memory_copy(to.get(), self._handle.get()))

    def copy(self) -> Memory:
        """A new memory, on a free lane, that is what this one is; see copy_to()."""
        new = self.session.memory()
        self.copy_to(new)
        return new

    @property
    def n_pos(self) -> int:
        """Positions in use."""
        return int(self._run("memory_n_pos"))

    @property
    def segments(self) -> List[Segment]:
        """Who put what where, in order of position."""
        lib, ptr = _lib(), self._handle.get
        find = lambda: [
            _at(Segment, lib.lmas_memory_segment(ptr(), i))
            for i in range(lib.lmas_memory_n_segments(ptr()))
        ]
        return _Call(self._handle.gates).run(find)

    @property
    def rebuilt(self) -> Optional[str]:
        """Why load_memory() had to feed in again what was read and thought; None: it had not."""
        return _str(self._run("memory_rebuilt"))

    def save(self, path: AnyPath, **params: Unpack[MemoryFileParams]) -> None:
        """Write it, not empty, to a file, which is replaced whole or not at all."""
        self._run("memory_save", _bytes(path), C.byref(_fill(MemoryFileParams, params)))

    def export(self, path: AnyPath, **params: Unpack[AvpParams]) -> None:
        """Write it as an AVP frame, for other programs."""
        self._run("memory_export", _bytes(path), C.byref(_fill(AvpParams, params)))

    def _change(self, name: str, *args: Any, call: Optional[_Call] = None) -> None:
        if self._handle.children:
            raise _invalid("a solver begins with this memory: close the solver first")
        if not self._handle.free:
            raise _invalid("this memory is the solver's: save or copy it, nothing else")
        self._run(name, *args, call=call)


_OnText = C.CFUNCTYPE(C.c_bool, C.c_void_p, C.c_void_p, C.c_size_t)


# ---- Servers and teams --------------------------------------------------------------------------


class Remote(_Object):
    """A model behind an HTTP server (docs/elsewhere.md); `info` is what it said."""

    def __init__(self, url: str, **params: Unpack[RemoteParams]) -> None:
        """Ask the server what it is and can. FileFailed where it does not answer."""
        name, c = _bytes(url), _fill(RemoteParams, params)
        make = lambda out: _lib().lmas_remote_open(out, name, C.byref(c))
        self._own(_Call(), "lmas_remote_free", (), (_Gate(),), make)
        self.info: RemoteInfo = _at(RemoteInfo, self._run("remote_describe"))

    def match(self, model: Model) -> None:
        """Raise ModelRefused where its model is not this one."""
        self._run("remote_match", _need(model, Model)._handle.get())


class Agent(NamedTuple):
    """One of a team: `model` is a name of Team.models or None; `program` what runs in its place."""

    name: str
    model: Optional[str]
    program: Optional[str]


class Team(_Object):
    """The agents and their prompts. Never changes: `agents`, `edges`, `models`, `n_rounds`,
    `remarks` on what may not say what its author meant, and `source`, the file."""

    def __init__(self) -> None:
        raise TypeError("Team.builtin(), open(), parse() and open_prompts() make teams")

    @classmethod
    def builtin(cls, name: str) -> Team:
        """A built-in team, one of team_names()."""
        return cls._make("team_builtin", _bytes(name))

    @classmethod
    def open(cls, path: AnyPath) -> Team:
        """A team file (docs/teams.md). FormatWrong names the line and the key."""
        return cls._make("team_open", _bytes(path))

    @classmethod
    def parse(cls, team: Union[str, Mapping[str, Any]], label: str = "team") -> Team:
        """A team file's text, or the object that it holds; `label` stands for it in errors."""
        data = _bytes(team if isinstance(team, str) else json.dumps(team))
        return cls._make("team_parse", _bytes(label), data, len(data))

    @classmethod
    def open_prompts(cls, path: AnyPath, base: str) -> Team:
        """A prompt file of Science-LatentMAS over the built-in team `base`."""
        return cls._make("team_open_prompts", _bytes(path), _bytes(base))

    @classmethod
    def _make(cls, name: str, *args: Any) -> Team:
        self = cls.__new__(cls)
        make = getattr(_lib(), "lmas_" + name)
        self._own(_Call(), "lmas_team_free", (), (_Gate(),), lambda out: make(out, *args))
        self._read(_lib(), self._handle.get())
        return self

    def _read(self, lib: Any, team: int) -> None:
        on = functools.partial
        parts = lib.lmas_team_agent_name, lib.lmas_team_agent_model, lib.lmas_team_agent_program
        n = lib.lmas_team_n_agents(team)
        self.name = _str(lib.lmas_team_name(team)) or ""
        self.source = _str(lib.lmas_team_source(team)) or ""
        self.n_rounds = int(lib.lmas_team_n_rounds(team))
        self.agents = [Agent(*(cast(Any, _str(get(team, i))) for get in parts)) for i in range(n)]
        self.remarks = _texts(on(lib.lmas_team_remark, team))
        self.models = _structs(TeamModel, lambda out, i: bool(lib.lmas_team_model_at(out, team, i)))
        self.edges = _structs(Edge, lambda out, i: bool(lib.lmas_team_edge(out, team, i)))

    def can_answer(self, method: Method, kind: AnswerKind) -> bool:
        """False where a prompt of the method says {format} and the file has none of that kind."""
        numbers = ENUMS["lmas_method"].to_c(method), ENUMS["lmas_answer_kind"].to_c(kind)
        return bool(self._run("team_can_answer", *numbers))

    def needs(self, model: Model, text: Asked, /, **params: Unpack[AskParams]) -> List[Needs]:
        """What the question takes of a session on the model, to size it; then of each host's."""
        asked, rest = _split(params)
        q = _fill(Question, {"kind": "free", **_question(text, asked)})
        c = _fill(SolverParams, rest)
        out = (_layout(Needs) * (1 + c.n_hosts))()
        gates = (*self._handle.gates, *_need(model, Model)._handle.gates)

        def job() -> None:
            ends = model._handle.get(), self._handle.get(), C.byref(c), C.byref(q)
            _lib().lmas_question_needs(out, *ends)

        _Call(gates).run(job)
        return [_copy(Needs, one) for one in out]


# ---- Solver: a team over many questions ---------------------------------------------------------


class Solver(_Object):
    """Drives a team over many questions, as many at once as there are lanes. Iterating gives each
    Answer as it ends, failed ones too (Answer.check() raises):

        with session.solver(team, max_new_tokens=256) as solver:
            for text in questions:
                solver.submit(text)
            for answer in solver:
                print(answer.id, answer.text)

    on_speech(id, text), on_token(id, token), on_agent(id, trace) and on_result(answer) are called
    between two ticks, and may use the solver. on_memory(id, memory) is called inside one: what it
    is given may be saved, exported and copied to another memory, which is made before, and is
    closed behind it.
    """

    def __init__(self, session: Session, team: Team, **params: Unpack[SolverParams]) -> None:
        """It keeps all that it is given: session, team, origin, hosts and speaker."""
        given = [_need(session, Session), *_given(team, params)]
        gates = _gates(given)
        self.session, self.teams = session, [team]
        self._events: Deque[Tuple[str, Tuple[Any, ...]]] = deque()
        self._ended: Deque[Answer] = deque()
        self._streams: Dict[int, weakref.ref[Stream]] = {}
        self._tokens: Dict[int, List[Spoken]] = {}  # of questions under way
        self._dropped: Deque[int] = deque()  # questions whose stream nobody holds any more
        self._call: List[_Call] = []  # the tick that is under way
        self._next_id = 0
        self._callbacks = {k: params.get(k) for k in _HEARD}
        self._samplings: List[Mapping[str, Any]] = [params.get("sampling", {})]  # of each team
        c = self._course(params)
        lib = _lib()
        ends = session._handle, team._handle
        make = lambda out: lib.lmas_solver_new(out, ends[0].get(), ends[1].get(), C.byref(c))
        self._own(_Call(gates), "lmas_solver_free", given, tuple(gates), make)
        self._handle.keep((), c)

    def add(self, team: Team, /, **params: Unpack[SolverParams]) -> int:
        """Drive another team as well, or the same by other parameters; the `team` of its questions.
        Hosts, speaker, kept_size and callbacks are the solver's, for all teams."""
        for name in ("hosts", "speaker", "kept_size", *_HEARD):
            if params.get(name):
                raise _invalid(f"{name}: give it to the solver, which has it for all teams")
        given, c, out = _given(team, params), self._course(params), C.c_size_t()
        add = _lib().lmas_solver_add

        def job() -> None:
            add(C.byref(out), self._handle.get(), team._handle.get(), C.byref(c))
            self._handle.keep([one._handle for one in given], c)
            self.teams.append(team)
            self._samplings.append(params.get("sampling", {}))

        _Call({*self._handle.gates, *_gates(given)}).run(job)
        return out.value

    def submit(self, text: Asked, /, **question: Unpack[Question]) -> int:
        """Put a question, or messages (see Session.ask()), in the queue; its id, counted from 0
        unless given, as kind="free" is. One that can never fit ends with ContextFull in its answer.
        Of a `sampling` what is left out is its team's."""
        known = {"id": self._next_id, "kind": "free", **_question(text, question)}
        team, sampling = known.get("team", 0), known.get("sampling")
        if isinstance(sampling, Mapping) and team in range(len(self._samplings)):
            known["sampling"] = {**self._samplings[team], **sampling}
        c = _fill(Question, known)
        self._run("solver_submit", C.byref(c))
        self._next_id = max(self._next_id, c.id) + 1
        return int(c.id)

    def stream(self, text: Asked, /, **question: Unpack[Question]) -> Stream:
        """Submit a question and iterate over pieces of its text; others go on beside it."""
        return Stream(self, text, question, is_alone=False)

    def cancel(self, id: int) -> None:
        """End the question before its next step: its answer says Canceled, others go on."""
        self._run("solver_cancel", _kinds(Question)["id"].to_c(id, None))

    @property
    def n_open(self) -> int:
        """Questions submitted and not ended."""
        return int(self._run("solver_n_open"))

    def running(self) -> List[Running]:
        """The questions under way, to show progress."""
        lib, ptr = _lib(), self._handle.get
        find = lambda: _structs(
            Running, lambda out, i: bool(lib.lmas_solver_running(out, ptr(), i))
        )
        return _Call(self._handle.gates).run(find)

    def tick(self) -> None:
        """Advance every running question by one step."""
        while self._dropped:
            with contextlib.suppress(Invalid):  # it has ended meanwhile
                self.cancel(self._dropped.popleft())
        call = _Call(self._handle.gates)

        def job() -> None:
            self._call[:] = [call]
            _lib().lmas_solver_tick(self._handle.get())

        try:
            call.run(job)
        finally:
            self._hand_out()

    def __iter__(self) -> Iterator[Answer]:
        return self

    def __next__(self) -> Answer:
        self._hand_out()
        while not self._ended:
            if self.n_open == 0:
                raise StopIteration
            self.tick()
        return self._ended.popleft()

    def _course(self, params: Mapping[str, Any]) -> Any:
        """The parameters of a team, by which C tells what happens. The user's callbacks hear of it
        between ticks: only a memory cannot wait."""
        c = _fill(SolverParams, {k: v for k, v in params.items() if k not in _HEARD})
        me, calls = weakref.ref(self), self._call

        def on_memory(user: Optional[int], id: int, memory: int) -> bool:
            return calls[0].ask(_lend_memory, me(), id, memory)

        heard: Dict[str, Any] = {
            "on_speech": lambda user, id, text, size: _take_speech(me(), id, text, size),
            "on_token": lambda user, id, token: _take_token(me(), id, _at(Spoken, token)),
            "on_result": lambda user, result: _take_answer(me(), _at(Answer, result)),
        }
        if self._callbacks["on_agent"]:
            heard["on_agent"] = lambda user, id, a: _tell(me(), "on_agent", id, _at(AgentTrace, a))
        if self._callbacks["on_memory"]:
            heard["on_memory"] = on_memory
        for name, fn in heard.items():
            setattr(c, name, _kinds(SolverParams)[name].ctype(fn))
        return c

    def _hand_out(self) -> None:
        while self._events:
            name, args = self._events.popleft()
            fn: Any = self._callbacks[name]
            if fn(*args) is False:
                raise Canceled(Status.CANCELED, f"{name} asked to stop")


_HEARD = ("on_speech", "on_token", "on_agent", "on_memory", "on_result")


def _given(team: Team, params: Mapping[str, Any]) -> List[_Object]:
    """What a solver keeps of what it is given."""
    found: List[_Object] = [_need(team, Team)]
    for part in [params, *params.get("hosts", ())]:
        found += [value for value in part.values() if isinstance(value, _Object)]
    return found


def _gates(given: Iterable[_Object]) -> Set[_Gate]:
    """Of what changes: teams and models do not."""
    return {g for o in given if not isinstance(o, (Team, Model)) for g in o._handle.gates}


def _tell(solver: Any, name: str, *args: Any) -> bool:
    """Note it for the user's callback, if there is one."""
    if solver._callbacks[name]:
        solver._events.append((name, args))
    return True


def _take_speech(solver: Any, id: int, address: int, size: int) -> bool:
    text = C.string_at(address, size).decode("utf-8", "replace")
    stream = solver._streams[id]() if id in solver._streams else None
    if stream is not None:
        stream._pieces.append(text)
    return _tell(solver, "on_speech", id, text)


def _take_token(solver: Any, id: int, token: Spoken) -> bool:
    solver._tokens.setdefault(id, []).append(token)
    return _tell(solver, "on_token", id, token)


def _take_answer(solver: Any, answer: Answer) -> bool:
    answer = answer._replace(tokens=tuple(solver._tokens.pop(answer.id, ())))
    if answer.id in solver._streams:
        stream = solver._streams.pop(answer.id)()
        if stream is not None:
            stream.answer = answer
    else:
        solver._ended.append(answer)
    return _tell(solver, "on_result", answer)


def _lend_memory(solver: Solver, id: int, ptr: int) -> Any:
    memory = Memory._lend(solver.session, ptr)
    try:
        fn: Any = solver._callbacks["on_memory"]
        return fn(id, memory)
    finally:
        memory._handle.ptr = None


class Stream(Iterator[str]):
    """Pieces of one question's text, each whole UTF-8 characters: asking for the next one ticks the
    solver. Behind the last, `answer` is the Answer. Raises what failed the question; one that is
    left before its end is canceled."""

    def __init__(self, solver: Solver, text: Asked, question: Any, is_alone: bool) -> None:
        self.answer: Optional[Answer] = None
        self._pieces: Deque[str] = deque()
        self._solver, self._is_alone = solver, is_alone
        self._id = solver.submit(text, **question)
        solver._streams[self._id] = weakref.ref(self)

    def __next__(self) -> str:
        while not self._pieces:
            if self.answer is not None:
                self.close()
                self.answer.check()
                raise StopIteration
            self._solver.tick()
        return self._pieces.popleft()

    def close(self) -> None:
        """Cancel the question if it has not ended."""
        if self._is_alone:
            self._solver.close()
        elif self.answer is None:
            self._solver._dropped.append(self._id)

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if not self._is_alone and self.answer is None and hasattr(self, "_id"):
            self._solver._dropped.append(self._id)
