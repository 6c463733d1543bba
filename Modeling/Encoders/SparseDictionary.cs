using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Encoders;

/// <summary>A dictionary with the way in which it encodes: sparse features for a model that is trained on them. Source: book section 7.10; Coates, Ng, "The
/// importance of encoding versus training with sparse coding and vector quantization", 2011.</summary>
public sealed class SparseDictionary
{
    private readonly double[] atoms;
    private readonly int nonZeros;
    private readonly SparseCoding? penalty;
    private readonly OrthogonalMatchingPursuit pursuit;

    internal SparseDictionary(double[] atoms, int length, int nonZeros, double? strength, IReadOnlyList<double> errors)
    {
        this.atoms = atoms;
        this.nonZeros = nonZeros;
        penalty = strength is { } lambda ? new SparseCoding(lambda) { Iterations = 1000, Tolerance = 1e-8 } : null;
        pursuit = new OrthogonalMatchingPursuit(atoms, length);
        Errors = errors;
    }

    /// <summary>D: the atoms one after the other, each of length 1.</summary>
    public IReadOnlyList<double> Atoms => atoms;

    /// <summary>The number of atoms and the length of a code.</summary>
    public int AtomCount => pursuit.AtomCount;

    /// <summary>The mean of ‖x − Dh‖² over the examples after each round of learning.</summary>
    public IReadOnlyList<double> Errors { get; }

    /// <summary>The code of x.</summary>
    /// <param name="x">As many numbers as an atom has.</param>
    /// <exception cref="ArgumentException">x does not have the length of an atom.</exception>
    public double[] Encode(ReadOnlySpan<double> x)
    {
        if (x.Length != pursuit.Length)
            throw new ArgumentException($"Expected {pursuit.Length} numbers, found {x.Length}.", nameof(x));
        return penalty is null ? pursuit.Encode(x, nonZeros) : penalty.Encode(atoms, x);
    }

    /// <summary>Dh: what a code stands for.</summary>
    /// <param name="code">h, a number for each atom.</param>
    public double[] Decode(ReadOnlySpan<double> code) => pursuit.Decode(code);

    /// <summary>The examples as codes, features of shape [atoms]; labels and targets stay. Computed on all processors, with the same result.</summary>
    /// <param name="data">Examples with as many features as an atom has numbers.</param>
    /// <exception cref="ArgumentException">The number of features differs.</exception>
    public Dataset Encode(Dataset data)
    {
        if (data.Layout.FeatureLength != pursuit.Length)
            throw new ArgumentException($"Expected {pursuit.Length} features per example, found {data.Layout.FeatureLength}.", nameof(data));
        var codes = new float[data.Count * AtomCount];
        Parallel.For(0, data.Count, row =>
        {
            double[] code = Encode(Features(data, row));
            for (int j = 0; j < code.Length; j++)
                codes[(row * AtomCount) + j] = (float)code[j];
        });
        return data.WithFeatures(codes, AtomCount);
    }

    /// <summary>The features of a row in float64.</summary>
    internal static double[] Features(Dataset data, int row)
    {
        int length = data.Layout.FeatureLength;
        var x = new double[length];
        for (int i = 0; i < length; i++)
            x[i] = data.Features.Span[(row * length) + i];
        return x;
    }
}
