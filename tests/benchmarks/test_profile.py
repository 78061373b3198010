"""What an operation of a profiled step is counted as."""

import pytest
import tensorflow as tf

from benchmarks import profile


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("functional_1/dense_1/Tensordot/MatMul:_MklMatMul", profile.PRODUCTS),
        ("while/body/_111/while/MatMul:_MklBatchMatMulV2", profile.PRODUCTS),
        ("CpuExecutable::ExecuteAsyncOnStream", profile.FUSED),
        ("adam_w/mul_1:Mul", profile.OPTIMISER),
        ("gradient_tape/gelu/Cast:Cast", profile.COPIES),
        ("functional_1/layer_norm/sub:Sub", profile.OTHERS),
        ("EagerExecute", None),
        ("Run", None),
    ],
)
def test_operations_are_told_apart(event: str, kind: str | None) -> None:
    assert profile.kind(event) == kind


def test_a_step_is_profiled() -> None:
    a = tf.ones([300, 300])
    step = tf.function(lambda: tf.tanh(a @ a))
    step()
    spent = profile.profile(lambda: step().numpy())
    assert spent[profile.PRODUCTS] > 0
    assert set(spent) <= set(profile.KINDS)
