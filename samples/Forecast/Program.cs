using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Export;
using Toolkit.Samples.Forecast;

// Twelve hours ahead from two days, with intervals that four fifths of what comes should lie in: learned, measured on other stretches, and exported.
var random = new RandomSource(seed: 1);
Trainer trainer = Forecaster.Train(Series.Create(4000, random), epochs: 20, random);
Dataset others = Series.Create(1000, random);
Console.WriteLine($"mean absolute error of the median: {trainer.Evaluate(others).Metrics.Values.Single():F3}, of the hour a day before: {Forecaster.ErrorOfDayBefore(others):F3}");
Console.WriteLine($"covered, hour by hour: {string.Join(", ", Forecaster.Coverage(trainer, others).Select(share => $"{share:P0}"))}");
trainer.Model.ExportOnnx("forecast.onnx");
Picture.Save(trainer.Model, others.Take(1), "forecast.svg");
