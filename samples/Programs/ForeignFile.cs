#:project ../../packages/Toolkit/Toolkit.csproj
#:package Microsoft.ML.OnnxConverter
#:property PublishAot=false

// Reads an .onnx file that another program has written: what is in it, its scores and its derivatives.
using Microsoft.ML.Data;
using Toolkit.OnnxExport.Checking;

// The other program is ML.NET here, with its own trainer and its own exporter. From "flats.onnx" on, only the file counts.
var ml = new MLContext(seed: 1);
IDataView flats = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 600).Select(i => new Flat { Area = 30 + (i % 97), Rooms = 1 + (i % 5), Price = (10 * (30 + (i % 97))) + (50 * (1 + (i % 5))) }));
ITransformer linear = ml.Transforms.Concatenate("Features", "Area", "Rooms").Append(ml.Transforms.NormalizeMeanVariance("Features"))
    .Append(ml.Regression.Trainers.Sdca(new() { LabelColumnName = "Price", NumberOfThreads = 1, L2Regularization = 1e-6f, MaximumNumberOfIterations = 100 })).Fit(flats);
using (FileStream stream = File.Create("flats.onnx"))
    ml.Model.ConvertToOnnx(linear, flats, stream);

// Nothing is run to look into a file, so any can be looked into.
OnnxSummary summary = OnnxSummary.Of("flats.onnx");
Console.WriteLine($"{summary.Producer}: {string.Join(", ", summary.Inputs.Select(input => input.Name))} -> {string.Join(", ", summary.Outputs.Select(output => output.Name))}");
Console.WriteLine(string.Join(", ", summary.Operators.Select(each => each.Name)));
Console.WriteLine($"errors: {ModelCheck.Check("flats.onnx").Count(problem => problem.Severity == ProblemSeverity.Error)}");

// The part that gives the score: what it does not need, such as the label, is left out.
OnnxModel file = OnnxModel.Load("flats.onnx").Cut("Score.output");
Console.WriteLine($"needed: {string.Join(", ", file.Inference.Inputs.Select(input => input.Name))}");

// What one square meter and one room more cost: the file was trained on 10 and 50.
Variable score = file.Inference.Outputs[0].Variable;
Variable[] inputs = [.. file.Inference.Inputs];
Value[] flat = [Value.Of([80f], 1, 1), Value.Of([3f], 1, 1)];
Value[] found = Function.Compile(inputs, [score, .. Gradient.Of(score.Sum(), inputs)]).Run(flat);
Console.WriteLine($"80 m² and 3 rooms: {found[0][0]:F0}; a square meter {found[1][0]:F0}, a room {found[2][0]:F0}");

// ONNX Runtime gives the same score from the same file.
OnnxExporter.Export(file.Inference, "score.onnx");
using OnnxSession session = OnnxSession.Load("score.onnx");
Console.WriteLine($"ONNX Runtime agrees: {Math.Abs(session.Run(flat)[0][0] - found[0][0]) < 0.01}");

// The score is a variable like any other, and so is what one makes of its derivative: which area is worth 1000?
Variable area = inputs[0] + ((1000f - score) / Gradient.Of(score.Sum(), inputs[0]));
Console.WriteLine($"3 rooms are worth 1000 with {Function.Compile(inputs, [area]).Run(flat)[0][0]:F0} m²");

internal sealed class Flat
{
    public float Area { get; set; }

    public float Rooms { get; set; }

    public float Price { get; set; }
}

// Prints:
// ML.NET 0: Area, Rooms, Price -> Area.output, Rooms.output, Price.output, Features.output, mlnet.Features.unusedOutput, Score.output
// Identity, Cast, FeatureVectorizer, LabelEncoder, LinearRegressor, Scaler
// errors: 0
// needed: Area, Rooms
// 80 m² and 3 rooms: 950; a square meter 10, a room 50
// ONNX Runtime agrees: True
// 3 rooms are worth 1000 with 85 m²
