using MathNet.Numerics.LinearAlgebra;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;

namespace Toolkit.Samples.BookResults.Experiments;

/// <summary>Templates from k-means, radial basis functions of them, and a linear layer by least squares.</summary>
internal sealed class RadialBasisDigits : Experiment
{
    private const int Centres = 1000, Pixels = 784, Classes = 10, Chunk = 500;

    public override string Name => "radial-basis";

    public override string Source => "MNIST with radial basis functions, book 6.3.3 (LeCun et al. 1998)";

    public override string Settings =>
        "1,000 centres by k-means; exp(−‖x − w‖²/2s²) with s² a quarter or an eighth of the median squared distance of image and centre; linear least squares in float64; epochs are rounds of k-means";

    public override int Epochs => 10;

    public override IReadOnlyList<Figure> Run(Laboratory laboratory)
    {
        (Dataset train, Dataset test) = laboratory.Data.Digits();
        float[] centres = Cluster(laboratory, train);
        float[] squares = Squares(laboratory, train, centres), testSquares = Squares(laboratory, test, centres);
        float[] sample = [.. squares.Where((_, i) => i % 997 == 0).Order()];
        double median = sample[sample.Length / 2];
        return
        [
            new("test error %, a quarter", Error(laboratory, squares, train, testSquares, test, median / 4), "3.2; 3.6 (LeCun et al.)"),
            new("test error %, an eighth", Error(laboratory, squares, train, testSquares, test, median / 8), "3.5"),
        ];
    }

    /// <summary>Lloyd's rounds from images drawn at random; a centre without images stays.</summary>
    private static float[] Cluster(Laboratory laboratory, Dataset data)
    {
        int[] rows = [.. Enumerable.Range(0, data.Count)];
        laboratory.Random("centres").Shuffle(rows.AsSpan());
        float[] centres = data.Select(rows.AsSpan(0, Centres)).Features.ToArray();
        for (int round = 1; round <= laboratory.Epochs; round++)
        {
            float[] squares = Squares(laboratory, data, centres);
            var sums = new double[Centres * Pixels];
            var counts = new int[Centres];
            double error = 0;
            for (int i = 0; i < data.Count; i++)
            {
                ReadOnlySpan<float> row = squares.AsSpan(i * Centres, Centres);
                int nearest = System.Numerics.Tensors.TensorPrimitives.IndexOfMin(row);
                error += row[nearest];
                counts[nearest]++;
                ReadOnlySpan<float> image = data.Features.Span.Slice(i * Pixels, Pixels);
                for (int p = 0; p < Pixels; p++)
                    sums[(nearest * Pixels) + p] += image[p];
            }

            for (int p = 0; p < centres.Length; p++)
                centres[p] = counts[p / Pixels] > 0 ? (float)(sums[p] / counts[p / Pixels]) : centres[p];
            laboratory.Say(FormattableString.Invariant($"k-means, round {round}/{laboratory.Epochs}: mean squared distance {error / data.Count:F3}"));
        }

        return centres;
    }

    /// <summary>‖x − w‖² = ‖x‖² − 2xw + ‖w‖² for all images and centres.</summary>
    private static float[] Squares(Laboratory laboratory, Dataset data, float[] centres)
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch", Pixels]), w = Variable.Input("w", DType.Float32, [Centres, Pixels]);
        Variable apart = x.Square().Sum([1], keepDims: true) - (2.0 * x.MatMul(w.Transpose([1, 0]))) + w.Square().Sum([1]);
        Function function = Function.Compile([x, w], [Ops.Max(apart, 0.0)], null, laboratory.Execution);
        Value fixedCentres = Value.Of(centres, Centres, Pixels);
        var squares = new float[data.Count * Centres];
        int at = 0;
        foreach (Batch batch in data.Batches(new BatchOptions { Size = Chunk }))
        {
            laboratory.ThrowIfCancelled();
            ReadOnlySpan<float> part = function.Run(batch.Features, fixedCentres)[0].Span<float>();
            part.CopyTo(squares.AsSpan(at));
            at += part.Length;
        }

        return squares;
    }

    private static double Error(Laboratory laboratory, float[] squares, Dataset train, float[] testSquares, Dataset test, double width)
    {
        // Wide functions are nearly dependent, so the normal equations need float64.
        Variable apart = Variable.Input("squares", DType.Float64, ["batch", Centres]), y = Variable.Input("y", DType.Int64, ["batch"]);
        Variable h = Ops.Concat(1, (apart / (-2.0 * width)).Exp(), Ops.Exp(0.0 * apart.Slice(1, 0, 1)));
        Variable weights = Variable.Input("weights", DType.Float64, [Centres + 1, Classes]);
        Function sums = Function.Compile([apart, y], [h.Transpose([1, 0]).MatMul(h), h.Transpose([1, 0]).MatMul(Ops.OneHot(y, Classes, DType.Float64))], null, laboratory.Execution);
        Function scores = Function.Compile([apart, weights], [h.MatMul(weights).ArgMax(1)], null, laboratory.Execution);
        var gram = new double[Centres + 1, Centres + 1];
        var right = new double[Centres + 1, Classes];
        foreach ((Value part, Value labels) in Parts(squares, train))
        {
            laboratory.ThrowIfCancelled();
            Value[] found = sums.Run(part, labels);
            Add(gram, found[0].Span<double>());
            Add(right, found[1].Span<double>());
        }

        Matrix<double> solution = Matrix<double>.Build.DenseOfArray(gram).Cholesky().Solve(Matrix<double>.Build.DenseOfArray(right));
        Value solved = Value.Of(solution.ToRowMajorArray(), Centres + 1, Classes);
        int errors = 0;
        foreach ((Value part, Value labels) in Parts(testSquares, test))
        {
            Value guess = scores.Run(part, solved)[0];
            errors += Enumerable.Range(0, guess.Count).Count(i => guess[i] != labels[i]);
        }

        return 100.0 * errors / test.Count;
    }

    private static IEnumerable<(Value Squares, Value Labels)> Parts(float[] squares, Dataset data)
    {
        for (int at = 0; at < data.Count; at += Chunk)
        {
            int count = Math.Min(Chunk, data.Count - at);
            yield return (
                Value.Of([.. squares[(at * Centres)..((at + count) * Centres)].Select(v => (double)v)], count, Centres),
                Value.Of(data.Labels.Slice(at, count).ToArray(), count));
        }
    }

    private static void Add(double[,] to, ReadOnlySpan<double> what)
    {
        int columns = to.GetLength(1);
        for (int i = 0; i < what.Length; i++)
            to[i / columns, i % columns] += what[i];
    }
}
