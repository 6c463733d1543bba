using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Tests.Modules;

/// <summary>The outputs of batches below each other are those of the examples.</summary>
public sealed class PredictorTests
{
    /// <summary>What has the examples elsewhere, or not at all, would be put together to something else, whatever its sizes.</summary>
    [Theory]
    [InlineData("transposed")]
    [InlineData("summed")]
    [InlineData("scalar")]
    [InlineData("pairs")]
    [InlineData("joined")]
    public void Outputs_that_are_not_of_examples_are_refused(string kind)
    {
        Dataset data = Dataset.FromTargets([.. Enumerable.Range(0, 12).Select(i => (float)i)], [2], new float[6], []);
        var model = new FunctionalModel([], (x, context) => new Named(("found", Of(x["input"]))));
        foreach (int size in (int[])[2, 3, 4, 6])
        {
            string message = Assert.Throws<ShapeException>(() => new Predictor(model, data.Layout).PredictAll(data, size)).Message;
            Assert.Contains("Expected the first axis of \"found\", and no other, to be that of the examples", message, StringComparison.Ordinal);
        }

        Variable Of(Variable x) => kind switch
        {
            "transposed" => x.Transpose([1, 0]),
            "summed" => x.Sum([0]),
            "scalar" => x.Sum([0, 1]),
            "pairs" => x.MatMul(x.Transpose([1, 0])),
            _ => x.Reshape([x.Shape.ElementCount]),
        };
    }

    [Fact]
    public void A_model_for_one_example_at_a_time_gives_them_one_by_one()
    {
        Dataset data = Dataset.FromTargets([1, 2, 3, 4], [2], new float[2], []);
        var model = new FunctionalModel([], (x, context) => new Named(("found", 2 * x["input"].Slice(0, 0, 1))));
        Assert.Equal([2f, 4, 6, 8], new Predictor(model, data.Layout).Predict(data, batchSize: 1).ToArray<float>());
        Assert.Throws<ShapeException>(() => new Predictor(model, data.Layout).Predict(data, batchSize: 2));
    }

    /// <summary>Batches of other lengths side by side: each element stands at its place, and behind the end of a sequence is 0 along every axis.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(40)]
    public void Sequences_of_any_axis_are_put_together(int size)
    {
        float[][] rows = [.. Enumerable.Range(0, 40).Select(i => Enumerable.Range(1, i * 7 % 23).Select(t => (100f * i) + t).ToArray())];
        Dataset data = Dataset.Of(Column.Ragged("text", "time", rows));
        var model = new FunctionalModel([], (x, context) =>
        {
            Variable text = x["text"], last = text.Reshape([text.Shape[0], 1, text.Shape[1]]);
            return new Named(("plain", text + 1), ("last", Ops.Concat(1, last, 2 * last + 3)), ("both", text.Reshape([text.Shape[0], text.Shape[1], 1]) + (0.001 * last) + 5));
        });
        IReadOnlyDictionary<string, Value> found = new Predictor(model, data.Layout).PredictAll(data, size);
        int longest = found["plain"].Sizes[1];
        Assert.InRange(longest, rows.Max(row => row.Length), 2 * rows.Max(row => row.Length));
        Assert.Equal([40, longest], found["plain"].Sizes.ToArray());
        Assert.Equal([40, 2, longest], found["last"].Sizes.ToArray());
        Assert.Equal([40, longest, longest], found["both"].Sizes.ToArray());
        for (int i = 0; i < rows.Length; i++)
        {
            for (int t = 0; t < longest; t++)
            {
                bool isThere = t < rows[i].Length;
                Assert.Equal(isThere ? rows[i][t] + 1 : 0, found["plain"][(i * longest) + t]);
                Assert.Equal(isThere ? rows[i][t] : 0, found["last"][(((i * 2) + 0) * longest) + t]);
                Assert.Equal(isThere ? (2 * rows[i][t]) + 3 : 0, found["last"][(((i * 2) + 1) * longest) + t]);
                for (int u = 0; u < longest; u++)
                    Assert.Equal(isThere && u < rows[i].Length ? rows[i][t] + (0.001 * rows[i][u]) + 5 : 0, found["both"][(((i * longest) + t) * longest) + u], 1e-3);
            }
        }
    }
}
