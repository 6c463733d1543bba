using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Indexing;

/// <summary>
/// The boxes of highest score that do not overlap better ones of their class too much (ONNX <c>NonMaxSuppression</c>). Inputs: boxes [n, count, 4] and scores [n, classes, count], float32;
/// at most how many boxes of each class, an int64 number, 0 where it is left out; how much two may overlap, their intersection by their union, 0 where it is left out; and the score above
/// which boxes count at all, all where it is left out. The result is int64 [chosen, 3]: example, class and box. How many there are depends on data. The gradient is zero.
/// </summary>
/// <param name="CenterPointBox">Whether a box is its middle, width and height, x first, instead of two opposite corners, y first.</param>
public sealed record NonMaxSuppression(bool CenterPointBox = false) : Operation, IDataSized, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        Boxes(new(), ExampleInput.Data(3), ExampleInput.Real(0.3f)),
        Boxes(new(true), ExampleInput.Data(2), ExampleInput.Real(0.5f), ExampleInput.Real(0.4f)),
        Boxes(new(), ExampleInput.Data(4), ExampleInput.LeftOut, ExampleInput.Real(0.2f)),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) =>
        new NonMaxSuppression(node.Flag("center_point_box")).ApplyAll(node[0], node[1], node.Optional(2), node.Optional(3), node.Optional(4));

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        (Shape boxes, Shape scores) = (inputs[0].Shape, inputs[1].Shape);
        bool fits = boxes.Rank == 3 && scores.Rank == 3 && boxes[2] == 4 && boxes[0] == scores[0] && boxes[1] == scores[2];
        return fits && inputs.Present.Skip(2).All(limit => limit.Shape.ElementCount == 1)
            ? [new TensorType(DType.Int64, [inputs.Fresh("chosen"), 3])]
            : throw new ShapeException($"{Name} expects boxes [n, count, 4], scores [n, classes, count] and single numbers, found {string.Join(", ", inputs.Present)}.");
    }

    /// <inheritdoc/>
    public IReadOnlyList<Value> Evaluate(EvaluateRequest request)
    {
        (Value boxes, Value scores) = (request[0], request[1]);
        int most = request.Has(2) ? (int)Math.Clamp(request[2].Span<long>()[0], 0, int.MaxValue) : 0;
        float overlap = request.Has(3) ? request[3].Span<float>()[0] : 0, least = request.Has(4) ? request[4].Span<float>()[0] : float.NegativeInfinity;
        (int classes, int count) = (scores.Sizes[1], scores.Sizes[2]);
        var chosen = new List<long>();
        for (int group = 0; group < scores.Sizes[0] * classes; group++)
        {
            float[] score = scores.Span<float>().Slice(group * count, count).ToArray();
            Box[] all = [.. Enumerable.Range(0, count).Select(i => Box.Of(boxes.Span<float>().Slice(((group / classes * count) + i) * 4, 4), CenterPointBox))];
            var kept = new List<int>();
            foreach (int i in Enumerable.Range(0, count).Where(i => score[i] > least || (score[i] == least && !request.Has(4))).OrderByDescending(i => score[i]))
            {
                if (kept.Count >= most)
                    break;
                if (!kept.Exists(k => all[k].Overlap(all[i]) > overlap))
                {
                    kept.Add(i);
                    chosen.AddRange([group / classes, group % classes, i]);
                }
            }
        }

        return [Value.Of<long>([.. chosen], chosen.Count / 3, 3)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => request.Zero;

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name) { Attributes = [new OnnxAttribute("center_point_box", CenterPointBox ? 1L : 0L)] };

    /// <summary>Two examples of five boxes and two classes; the numbers are constants, as there are no boxes of float64.</summary>
    private static OperationExample Boxes(NonMaxSuppression operation, params ExampleInput[] limits)
    {
        float[] boxes = [.. Enumerable.Range(0, 40).Select(i => i % 4 < 2 ? (i * 7 % 10) / 10f : 1 + ((i * 3 % 5) / 10f))];
        float[] scores = [.. Enumerable.Range(0, 20).Select(i => (i * 7 % 20) / 20f)];
        return new(
            operation,
            [new ExampleInput([2, 5, 4]) { Factors = boxes, IsConstant = true }, new ExampleInput([2, 2, 5]) { Factors = scores, IsConstant = true }, .. limits])
        {
            Smoothness = 0,
        };
    }

    private readonly record struct Box(float Top, float Left, float Bottom, float Right)
    {
        public static Box Of(ReadOnlySpan<float> x, bool isCenter) => isCenter
            ? new(x[1] - (x[3] / 2), x[0] - (x[2] / 2), x[1] + (x[3] / 2), x[0] + (x[2] / 2))
            : new(Math.Min(x[0], x[2]), Math.Min(x[1], x[3]), Math.Max(x[0], x[2]), Math.Max(x[1], x[3]));

        /// <summary>The intersection by the union; 0 of boxes without area.</summary>
        public float Overlap(Box other)
        {
            float height = Math.Min(Bottom, other.Bottom) - Math.Max(Top, other.Top), width = Math.Min(Right, other.Right) - Math.Max(Left, other.Left);
            float common = Math.Max(height, 0) * Math.Max(width, 0), own = Area(this), others = Area(other);
            return own <= 0 || others <= 0 || common <= 0 ? 0 : common / (own + others - common);
            static float Area(Box box) => (box.Bottom - box.Top) * (box.Right - box.Left);
        }
    }
}
