using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Features;

/// <summary>Linear models of <c>ai.onnx.ml</c>, in float32.</summary>
internal static class LinearModels
{
    /// <summary>A number for each target: x·coefficients + intercept.</summary>
    public static IReadOnlyList<Variable> Regressor(OnnxNode node) => [Scores.Transformed(Linear(node, node.Int32("targets")), node.Text("post_transform"))];

    /// <summary>Label and scores of the classes.</summary>
    public static IReadOnlyList<Variable> Classifier(OnnxNode node)
    {
        int labels = Math.Max((node.Integers("classlabels_ints") ?? []).Count, (node.Texts("classlabels_strings") ?? []).Count);
        int outputs = node.Numbers("intercepts") is { Count: > 0 } intercepts ? intercepts.Count : Math.Max(labels, 1);
        Variable scores = Linear(node, outputs), names = Scores.Labels(node, "classlabels_ints", "classlabels_strings", Math.Max(outputs, 2));
        string transform = node.Text("post_transform");
        if (outputs > 1)
            return Scores.Classified(scores, names, transform);
        Variable isSecond = Ops.Greater(scores, 0);
        Variable label = Ops.Gather(names, Ops.Reshape(Ops.Cast(isSecond, DType.Int64), [scores.Shape[0]]));
        Variable shares = Scores.Transformed(scores, transform);
        return [label, Ops.Concat(1, 1 - shares, shares)];
    }

    private static Variable Linear(OnnxNode node, int outputs)
    {
        Variable x = Rows(node[0]);
        Variable products = Ops.MatMul(x, Matrix(node, [.. node.Numbers("coefficients") ?? []], outputs, x.Shape[1].Size, isTransposed: true));
        if (node.Numbers("intercepts") is not { Count: > 0 } intercepts)
            return products;
        return intercepts.Count == outputs
            ? products + Variable.Of(Value.Of(intercepts.ToArray(), outputs))
            : throw new ShapeException($"{node.Operator} expects {outputs} intercepts, found {intercepts.Count}.");
    }

    /// <summary>[batch, features] in float32; a vector is one row.</summary>
    internal static Variable Rows(Variable x)
    {
        Variable rows = Ops.Cast(x.Shape.Rank == 1 ? Ops.Reshape(x, [1, x.Shape[0]]) : x, DType.Float32);
        return rows.Shape is { Rank: 2 } shape && shape[1].IsStatic ? rows : throw new ShapeException($"Expected [batch, features] with a known number of features, found {x.Type}.");
    }

    /// <summary>A list of numbers as a matrix.</summary>
    internal static Variable Matrix(OnnxNode node, float[] numbers, int rows, int columns, bool isTransposed)
    {
        if (numbers.Length != (long)rows * columns)
            throw new ShapeException($"{node.Operator} expects {rows}·{columns} numbers, found {numbers.Length}.");
        Variable matrix = Variable.Of(Value.Of(numbers, rows, columns));
        return isTransposed ? Ops.Transpose(matrix) : matrix;
    }
}
