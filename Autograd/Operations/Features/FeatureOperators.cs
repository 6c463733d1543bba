using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Features;

/// <summary>Operators of <c>ai.onnx.ml</c>, as ML.NET, scikit-learn's converter and others write them: each is read as the operations that it stands for, so that it is differentiated and written like
/// them.</summary>
internal static class FeatureOperators
{
    private const string Domain = "ai.onnx.ml";

    /// <summary>What applies a node, by domain and operator.</summary>
    public static IEnumerable<KeyValuePair<(string Domain, string Name), Func<OnnxNode, IReadOnlyList<Variable>>>> All { get; } =
    [
        Of("ArrayFeatureExtractor", Encoders.ArrayFeatureExtractor),
        Of("Binarizer", Binarizer),
        Of("CastMap", Maps.CastMap),
        Of("CategoryMapper", Encoders.CategoryMapper),
        Of("DictVectorizer", Maps.DictVectorizer),
        Of("FeatureVectorizer", FeatureVectorizer),
        Of("Imputer", Imputer),
        Of("LabelEncoder", Encoders.LabelEncoder),
        Of("LinearClassifier", LinearModels.Classifier),
        Of("LinearRegressor", LinearModels.Regressor),
        Of("Normalizer", Normalizer),
        Of("OneHotEncoder", Encoders.OneHotEncoder),
        Of("Scaler", Scaler),
        Of("SVMClassifier", VectorClassifier.Of),
        Of("SVMRegressor", VectorRegressor.Of),
        Of("TreeEnsemble", TreeModels.Ensemble),
        Of("TreeEnsembleClassifier", TreeModels.Classifier),
        Of("TreeEnsembleRegressor", TreeModels.Regressor),
        Of("ZipMap", ZipMap),
    ];

    /// <summary>A list of numbers, one for all features or one for each, as a vector.</summary>
    private static Variable Features(OnnxNode node, Variable x, string name, IReadOnlyList<float>? numbers, float otherwise)
    {
        IReadOnlyList<float> given = numbers is { Count: > 0 } ? numbers : [otherwise];
        return given.Count == 1 || given.Count == x.Shape[^1].Size
            ? Ops.Cast(Variable.Of(Value.Of(given.ToArray(), given.Count)), x.DType)
            : throw new ShapeException($"{node.Operator} expects one number or {x.Shape[^1]} as \"{name}\", found {given.Count}.");
    }

    /// <summary>The inputs side by side, [batch, sum of the sizes], as float32; a vector is one example.</summary>
    private static IReadOnlyList<Variable> FeatureVectorizer(OnnxNode node)
    {
        Variable[] columns = [.. node.Inputs.Select(x => x.Shape.Rank == 1 ? Ops.Reshape(x, [1, x.Shape[0]]) : Ops.Flatten(x)).Select(x => Ops.Cast(x, DType.Float32))];
        IReadOnlyList<long> sizes = node.Integers("inputdimensions") ?? [.. columns.Select(column => (long)column.Shape[1].Size)];
        for (int i = 0; i < columns.Length; i++)
        {
            if (sizes.Count != columns.Length || columns[i].Shape[1] != Dim.Of(sizes[i]))
                throw new ShapeException($"FeatureVectorizer expects inputs of the sizes {string.Join(", ", sizes)}, found {string.Join(", ", columns.Select(column => column.Shape))}.");
        }

        // Sizes that a file leaves open for each input are one when it runs.
        if (columns.All(column => column.Shape[0] == columns[0].Shape[0]))
            return [Ops.Concat(1, columns)];
        Variable zeros = columns.Select(column => Ops.Expand(Variable.Scalar(0, DType.Float32), [column.Shape[0], 1], column)).Aggregate(Ops.Add);
        return [Ops.Concat(1, [.. columns.Select(column => column + zeros)])];
    }

    /// <summary>(x − offset)·scale as float32, with one number for all or one for each feature.</summary>
    private static IReadOnlyList<Variable> Scaler(OnnxNode node)
    {
        Variable x = Ops.Cast(node[0], DType.Float32);
        return [(x - Features(node, x, "offset", node.Numbers("offset"), 0)) * Features(node, x, "scale", node.Numbers("scale"), 1)];
    }

    /// <summary>1 where x is greater than the threshold, 0 elsewhere.</summary>
    private static IReadOnlyList<Variable> Binarizer(OnnxNode node) =>
        [Ops.Cast(Ops.Greater(Ops.Cast(node[0], Real(node[0])), Variable.Scalar(node.Number("threshold"), Real(node[0]))), node[0].DType)];

    /// <summary>Another number in the place of one; NaN may be the one.</summary>
    private static IReadOnlyList<Variable> Imputer(OnnxNode node)
    {
        Variable x = node[0];
        if (!x.DType.IsFloating())
        {
            Variable whole = Ops.Integers(node.Integers("imputed_value_int64s") ?? throw new GraphException("Imputer expects imputed_value_int64s for integers, found none."));
            return [Ops.Where(Ops.Equal(x, Variable.Scalar(node.Integer("replaced_value_int64"), x.DType)), Ops.Cast(whole, x.DType), x)];
        }

        float replaced = node.Number("replaced_value_float");
        Variable isMissing = float.IsNaN(replaced) ? new IsNaN().Apply(x) : Ops.Equal(x, Variable.Scalar(replaced, x.DType));
        return [Ops.Where(isMissing, Features(node, x, "imputed_value_floats", node.Numbers("imputed_value_floats"), 0), x)];
    }

    /// <summary>Each row divided by its greatest number, the sum of its sizes or its length, unless that is 0; float32.</summary>
    private static IReadOnlyList<Variable> Normalizer(OnnxNode node)
    {
        Variable x = Ops.Cast(node[0], DType.Float32);
        int axis = x.Shape.Rank - 1;
        Variable divisor = node.Text("norm") switch
        {
            "MAX" => Ops.ReduceMax(x, [axis], keepDims: true),
            "L1" => Ops.Sum(Ops.Abs(x), [axis], keepDims: true),
            "L2" => Ops.Sqrt(Ops.Sum(x * x, [axis], keepDims: true)),
            var other => throw new GraphException($"Normalizer expects the norm MAX, L1 or L2, found {other}."),
        };
        return [x / Ops.Where(Ops.Equal(divisor, Variable.Scalar(0, DType.Float32)), 1, divisor)];
    }

    /// <summary>The scores as they are, a column for each class: a map with names of classes for each row is no tensor.</summary>
    private static IReadOnlyList<Variable> ZipMap(OnnxNode node) => [node[0]];

    private static DType Real(Variable x) => x.DType == DType.Float32 ? DType.Float32 : DType.Float64;

    private static KeyValuePair<(string Domain, string Name), Func<OnnxNode, IReadOnlyList<Variable>>> Of(string name, Func<OnnxNode, IReadOnlyList<Variable>> apply) => new((Domain, name), apply);
}
