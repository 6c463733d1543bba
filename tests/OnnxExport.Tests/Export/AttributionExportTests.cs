using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>Files that explain while they score, in ONNX Runtime.</summary>
public sealed class AttributionExportTests
{
    private const int Rows = 3, Features = 4, Classes = 3;

    private static readonly Value Points = Value.Of([0.4f, -1, 0.8f, 0.2f, -0.6f, 0.5f, 1.2f, -0.9f, 1.5f, 0.1f, -0.3f, 0.7f], Rows, Features);

    /// <summary>Of the greatest logit and of a chosen class; the slopes are differences of the runtime's own scores.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    public void Saliency_and_contributions_are_slopes_of_the_scores(int? chosen)
    {
        Signature model = Network(DType.Float64);
        Signature explained = new InputTimesGradient { Name = "contribution", Class = chosen }.AddTo(new Saliency { Class = chosen }.AddTo(model));
        Assert.Equal(["scores", "attribution", "contribution"], explained.Outputs.Select(o => o.Name));
        using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(explained));
        Value at = Double(Points);
        IReadOnlyList<Value> found = session.Run([at]);
        for (int row = 0; row < Rows; row++)
        {
            int column = chosen ?? Enumerable.Range(0, Classes).MaxBy(c => found[0][(row * Classes) + c]);
            for (int i = 0; i < Features; i++)
            {
                int place = (row * Features) + i;
                double Moved(double step)
                {
                    Value moved = at.Clone();
                    moved[place] += step;
                    return session.Run([moved])[0][(row * Classes) + column];
                }

                double slope = (Moved(1e-5) - Moved(-1e-5)) / 2e-5;
                Assert.Equal(Math.Abs(slope), found[1][place], 1e-8);
                Assert.Equal(at[place] * slope, found[2][place], 1e-8);
            }
        }
    }

    [Theory]
    [InlineData(DType.Float32, 1e-5)]
    [InlineData(DType.Float64, 1e-11)]
    public void Integrated_gradients_sum_to_the_difference_from_the_baseline(DType type, double tolerance)
    {
        Signature explained = new IntegratedGradients { Baseline = 0.25, Class = 2 }.AddTo(Network(type));
        using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(explained));
        Value points = type == DType.Float64 ? Double(Points) : Points, baseline = points.Clone();
        for (int i = 0; i < baseline.Count; i++)
            baseline[i] = 0.25;
        IReadOnlyList<Value> at = session.Run([points]), before = session.Run([baseline]);
        for (int row = 0; row < Rows; row++)
        {
            double difference = at[0][(row * Classes) + 2] - before[0][(row * Classes) + 2];
            Assert.Equal(difference, Enumerable.Range(0, Features).Sum(i => at[1][(row * Features) + i]), tolerance);
            Assert.True(Math.Abs(difference) > 0.01);
        }

        Assert.All(Enumerable.Range(0, Rows * Features), i => Assert.Equal(0, before[1][i]));
    }

    /// <summary>∫₀¹ of a polynomial is exact: score = (w·x)³ gives xᵢwᵢ(w·x)², whatever the number of points from 2 on; one point takes the middle.</summary>
    [Theory]
    [InlineData(1, 0.75)]
    [InlineData(2, 1.0)]
    [InlineData(9, 1.0)]
    public void Integrals_of_polynomials_are_exact(int points, double factor)
    {
        double[] w = [0.5, -1, 2];
        Variable x = Variable.Input("x", DType.Float64, ["batch", 3]);
        Variable dot = Ops.Sum(x * Variable.Of(Value.Of(w, 3)), [1]);
        Signature explained = new IntegratedGradients { Points = points }.AddTo(new Signature([x], [new Output("cube", dot * dot * dot)]));
        using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(explained));
        double[] at = [1.5, 0.4, -0.7];
        IReadOnlyList<Value> found = session.Run([Value.Of(at, 1, 3)]);
        double product = at.Zip(w, (p, q) => p * q).Sum();
        Assert.All(at, (p, i) => Assert.Equal(factor * p * w[i] * product * product, found[1][i], 1e-12));
    }

    /// <summary>Of two inputs and two outputs, one of single numbers and one of several axes; ties share.</summary>
    [Fact]
    public void Input_output_and_class_are_those_that_are_named()
    {
        Variable a = Variable.Input("a", DType.Float64, ["batch", 2]), b = Variable.Input("b", DType.Float64, ["batch", 3]);
        Variable sum = Ops.Sum(b * b, [1]) + Ops.Sum(a, [1]), cube = Ops.Concat(1, 3 * a, 5 * Ops.Slice(b, 1, 0, 2)).Reshape(["batch", 2, 2]);
        var model = new Signature([a, b], [new Output("sum", sum), new Output("cube", cube)]) { Metadata = new Dictionary<string, string> { ["k"] = "v" } };
        Value[] at = [Value.Of([1.0, -2], 1, 2), Value.Of([0.5, 0.25, -3], 1, 3)];
        double[] Explained(Attribution attribution)
        {
            Signature explained = attribution.AddTo(model);
            Assert.Equal("v", explained.Metadata["k"]);
            using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(explained));
            Value found = session.Run(at)[^1];
            return [.. Enumerable.Range(0, found.Count).Select(i => found[i])];
        }

        Assert.Equal([1.0, 0.5, 6], Explained(new Saliency { Input = "b" }));
        Assert.Equal([0.5, 0.125, 18], Explained(new InputTimesGradient { Input = "b", Class = 0 }));
        Assert.Equal([0.0, 5, 0], Explained(new Saliency { Input = "b", Output = "cube", Class = 3 }));
        Assert.Equal([3.0, 0], Explained(new Saliency { Input = "a", Output = "cube" }));
        Assert.Equal([0.0, -6], Explained(new InputTimesGradient { Input = "a", Output = "cube", Class = 1 }));
        at = [Value.Of([1.0, 1], 1, 2), at[1]];
        Assert.Equal([1.5, 1.5], Explained(new Saliency { Input = "a", Output = "cube" }));
    }

    [Fact]
    public void An_imported_file_is_explained_as_well()
    {
        byte[] file = OnnxExporter.Export(Network(DType.Float32));
        Signature explained = new IntegratedGradients { Output = "scores", Input = "x" }.AddTo(OnnxModel.Load(file).Inference);
        using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(explained));
        Assert.Equal([Rows, Features], session.Run([Points])[1].Sizes.ToArray());
    }

    [Fact]
    public void What_cannot_be_explained_is_refused_with_its_reason()
    {
        Signature model = Network(DType.Float32);
        Assert.Contains("from 0 to 3", Assert.Throws<GraphException>(() => new Saliency { Class = 3 }.AddTo(model)).Message, StringComparison.Ordinal);
        Assert.Contains("\"other\"", Assert.Throws<GraphException>(() => new Saliency { Output = "other" }.AddTo(model)).Message, StringComparison.Ordinal);
        Assert.Contains("\"other\"", Assert.Throws<GraphException>(() => new Saliency { Input = "other" }.AddTo(model)).Message, StringComparison.Ordinal);
        Assert.Contains("\"scores\"", Assert.Throws<GraphException>(() => new Saliency { Name = "scores" }.AddTo(model)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new IntegratedGradients { Points = 0 });
        var counter = new Parameter("counter", Value.Of(0f));
        var step = new Signature(model.Inputs, model.Outputs, [new Update(counter, counter.Variable + 1.0)]);
        Assert.Contains("updates \"counter\"", Assert.Throws<GraphException>(() => new Saliency().AddTo(step)).Message, StringComparison.Ordinal);

        foreach (double number in new[] { double.NaN, double.PositiveInfinity, 1e300 })
            Assert.Contains("finite in Float32", Assert.Throws<GraphException>(() => new IntegratedGradients { Baseline = number }.AddTo(model)).Message, StringComparison.Ordinal);

        // As many rows as classes would go through: the axis is known by its name.
        Variable x = model.Inputs[0], scores = model.Outputs[0].Variable;
        foreach (Variable other in new[] { scores.Transpose([1, 0]), Ops.Concat(0, scores, scores), Ops.Sum(scores, [0], keepDims: true), scores.MatMul(scores.Transpose([1, 0])) })
        {
            GraphException error = Assert.Throws<GraphException>(() => new Saliency().AddTo(new Signature([x], [new Output("scores", other)])));
            Assert.Contains("the rows of \"x\", batch, found [", error.Message, StringComparison.Ordinal);
        }
    }

    private static Signature Network(DType type)
    {
        Variable Of(int seed, params int[] sizes)
        {
            Value value = Value.Zeros(type, sizes);
            for (int i = 0; i < value.Count; i++)
                value[i] = Math.Sin((1.3 * i) + seed);
            return new Parameter($"p{seed}", value);
        }

        Variable x = Variable.Input("x", type, ["batch", Features]);
        return new Signature([x], [new Output("scores", Ops.Tanh(x.MatMul(Of(1, Features, 5)) + Of(2, 5)).MatMul(Of(3, 5, Classes)))]);
    }

    private static Value Double(Value single)
    {
        Value result = Value.Zeros(DType.Float64, single.Sizes);
        for (int i = 0; i < result.Count; i++)
            result[i] = single[i];
        return result;
    }
}
