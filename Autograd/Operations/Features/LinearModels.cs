using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Features;

/// <summary>Linear models and support vector regression of <c>ai.onnx.ml</c>, in float32.</summary>
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

    /// <summary>Σ coefficient·kernel(x, support vector) + ρ, or its sign for a single class.</summary>
    public static IReadOnlyList<Variable> SupportVectors(OnnxNode node)
    {
        Variable x = Rows(node[0]);
        float[] coefficients = [.. node.Numbers("coefficients") ?? []], vectors = [.. node.Numbers("support_vectors") ?? []];
        int count = node.Int32("n_supports"), features = x.Shape[1].Size;
        Variable kernel = count == 0
            ? Ops.MatMul(x, Matrix(node, coefficients, 1, features, isTransposed: true))
            : Ops.MatMul(Kernel(node, x, Matrix(node, vectors, count, features, isTransposed: true)), Matrix(node, coefficients, count, 1, isTransposed: false));
        Variable score = kernel + (node.Numbers("rho") is [var rho, ..] ? rho : 0);
        return [node.Flag("one_class") ? Ops.Where(Ops.Greater(score, 0), Ops.ExpandLike(Variable.Scalar(1, DType.Float32), score), -1) : Scores.Transformed(score, node.Text("post_transform"))];
    }

    private static Variable Kernel(OnnxNode node, Variable x, Variable vectors)
    {
        IReadOnlyList<float> numbers = node.Numbers("kernel_params") ?? [0, 0, 0];
        if (numbers is not [var gamma, var constant, var degree])
            throw new GraphException($"{node.Operator} expects gamma, coef0 and degree as kernel_params, found {numbers.Count} numbers.");
        Variable products = Ops.MatMul(x, vectors);
        return node.Text("kernel_type") switch
        {
            "LINEAR" => products,
            "POLY" => Ops.Pow((gamma * products) + constant, Variable.Scalar(degree, DType.Float32)),
            "RBF" => Ops.Exp(-gamma * (Ops.Sum(x * x, [1], keepDims: true) + Ops.Sum(vectors * vectors, [0]) - (2 * products))),
            "SIGMOID" => Ops.Tanh((gamma * products) + constant),
            var other => throw new GraphException($"{node.Operator} expects the kernel LINEAR, POLY, RBF or SIGMOID, found {other}."),
        };
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
    private static Variable Rows(Variable x)
    {
        Variable rows = Ops.Cast(x.Shape.Rank == 1 ? Ops.Reshape(x, [1, x.Shape[0]]) : x, DType.Float32);
        return rows.Shape is { Rank: 2 } shape && shape[1].IsStatic ? rows : throw new ShapeException($"Expected [batch, features] with a known number of features, found {x.Type}.");
    }

    private static Variable Matrix(OnnxNode node, float[] numbers, int rows, int columns, bool isTransposed)
    {
        if (numbers.Length != (long)rows * columns)
            throw new ShapeException($"{node.Operator} expects {rows}·{columns} numbers, found {numbers.Length}.");
        Variable matrix = Variable.Of(Value.Of(numbers, rows, columns));
        return isTransposed ? Ops.Transpose(matrix) : matrix;
    }
}
