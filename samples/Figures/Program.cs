using Toolkit.Samples.Figures;

// The pictures of the documentation: dotnet run -c Release --project samples/Figures -- docs/images, from the root of the repository.
string folder = args.Length > 0 ? args[0] : "docs/images";
File.WriteAllText(Path.Combine(folder, "architecture.svg"), ProjectMap.Draw("."));
File.WriteAllText(Path.Combine(folder, "graph.svg"), ExportedGraph.Draw());
var wave = new Wave();
wave.DrawLearning(Path.Combine(folder, "learning-curve.svg"));
wave.DrawCalibration(Path.Combine(folder, "calibration.svg"));
