using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Losses;

namespace Toolkit.Modeling.Tests.Components;

/// <summary>What holds for every loss.</summary>
public sealed class LossTableTests
{
    public static TheoryData<string> Names => [.. LossTable.Rows.Keys];

    [Fact]
    public void Every_loss_has_a_row() => Refusals.Complete(typeof(Loss), LossTable.Rows.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void Wrong_settings_are_refused(string name) => Refusals.Check(name, LossTable.Rows[name].Case);

    [Theory]
    [MemberData(nameof(Names))]
    public void Targets_that_do_not_fit_are_refused(string name)
    {
        (Case row, int outputs, Variable target) = LossTable.Rows[name];
        var loss = (Loss)row.Make!();
        Variable prediction = Wide(2, outputs);
        bool labels = target.DType == DType.Int64;
        Assert.Equal(new[] { (Dim)2 }, loss.PerExample(prediction, target).Shape);
        // Binary cross-entropy takes labels, too, if there is one for each logit, and a sequence where there is one for each step.
        var type = Assert.ThrowsAny<Exception>(() => loss.PerExample(prediction, labels ? Wide(2, outputs) : Run.Labels(0, 1)));
        Assert.True(type is DTypeException || (type is ShapeException && loss is BinaryCrossEntropy or SequenceLoss), type.ToString());
        Variable three = labels ? Run.Labels(0, 0, 0) : Wide(3, target.Shape[1].Size);
        foreach (Exception error in new[] { type, Assert.Throws<ShapeException>(() => loss.PerExample(prediction, three)) })
        {
            Assert.Contains("expects", error.Message, StringComparison.Ordinal);
            Assert.Contains("found", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_are_right_to_order_two(string name)
    {
        // Away from kinks: no prediction meets its target, and no error is as great as Huber's width.
        (Case row, int outputs, Variable target) = LossTable.Rows[name];
        double[] at = [.. Enumerable.Range(0, 2 * outputs).Select(i => Math.Sin((i * 1.7) + 0.3))];
        Run.CheckGradients(x => ((Loss)row.Make!()).PerExample(x, target), at, 2, outputs);
    }

    private static Variable Wide(int rows, int columns) => Variable.Of(Value.Full(0.25, DType.Float64, rows, columns));
}
